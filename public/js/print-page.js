// @ts-check
/** Shows the page's print button, which needs a script, and prints when it is pressed. */
for (const button of document.querySelectorAll("[data-print]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => print());
}
