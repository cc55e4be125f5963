// @ts-check
/* The part of the player that runs inside the sandbox, before anything of the package. A classic script: a page in a sandbox has
   no origin from which it could load modules. */
(function () {
  "use strict";
  var outer = window.parent;
  /** @type {any} */
  var given;
  try {
    given = JSON.parse(window.name);
  } catch {
    return; // a frame of the package's own, or opened by itself
  }
  if (outer === window || typeof given?.nonce !== "string") return;

  // In a sandbox there is neither storage nor cookies: asking for them throws. Packages that keep small things there go on.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      void (/** @type {any} */ (window)[name].length);
    } catch {
      Object.defineProperty(window, name, { configurable: true, value: memory() });
    }
  }
  try {
    void document.cookie;
  } catch {
    Object.defineProperty(document, "cookie", { configurable: true, get: () => "", set: () => undefined });
  }

  let turn = 0;
  Object.defineProperty(window, "hocLieu", {
    value: {
      given,
      /** Tells the page around the sandbox; it alone can reach the server. @param {object} report */
      send(report) {
        turn += 1;
        outer.postMessage({ kind: "hoc-lieu-package", nonce: given.nonce, item: given.item, turn: given.turn + turn, ...report }, given.app);
      },
      /** What the next page of the package in this frame goes on from. @param {string} state */
      keep(state) {
        window.name = JSON.stringify({ ...given, state, turn: given.turn + turn + 1 });
      },
    },
  });

  function memory() {
    /** @type {Map<string, string>} */
    const kept = new Map();
    return {
      get length() {
        return kept.size;
      },
      key: (/** @type {number} */ n) => [...kept.keys()][n] ?? null,
      getItem: (/** @type {string} */ key) => kept.get(String(key)) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(String(key), String(value)),
      removeItem: (/** @type {string} */ key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
    };
  }
})();
