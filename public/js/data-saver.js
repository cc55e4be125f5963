// @ts-check

const KEY = "hoc-lieu.data-saver";

/** Whether to spare the line: what the person chose on this device, else what the browser says of the line. */
export function savesData() {
  const chosen = read();
  if (chosen !== null) return chosen === "yes";
  return /** @type {any} */ (navigator).connection?.saveData === true;
}

/** @param {boolean} saves */
export function chooseSaving(saves) {
  try {
    localStorage.setItem(KEY, saves ? "yes" : "no");
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
  document.dispatchEvent(new CustomEvent("data-saver", { detail: saves }));
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** `1,2 MB`, as the server writes it. @param {number} size */
export function bytes(size) {
  const unit = size < 1000 ? 0 : size < 1_000_000 ? 1 : size < 1_000_000_000 ? 2 : 3;
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: unit > 1 ? 1 : 0 });
  return `${number.format(size / 1000 ** unit)} ${["B", "KB", "MB", "GB"][unit]}`;
}
