// @ts-check

/** Loads the viewer of each kind of file that stands in the page, and none that does not. */
const VIEWERS = { "pdf-viewer": "./pdf-viewer.js", "image-viewer": "./image-viewer.js", "media-player": "./media-player.js", "text-viewer": "./text-viewer.js", "package-player": "./package-player.js", "page-frame": "./page-frame.js" };

for (const [name, module] of Object.entries(VIEWERS)) {
  if (document.querySelector(name)) void import(module);
}
