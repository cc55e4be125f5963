// @ts-check
// The sounds of a kit, one for each page: one plays at a time, and when it is over the next page comes into sight and goes on.
// It also stands inside the file that pupils keep (server/kits/file.ts), so it needs nothing from elsewhere.
(() => {
  const sounds = [...document.querySelectorAll("audio")];
  for (const [i, sound] of sounds.entries()) {
    sound.addEventListener("play", () => sounds.forEach((other) => other !== sound && other.pause()));
    sound.addEventListener("ended", () => {
      const next = sounds[i + 1];
      next?.closest("section")?.scrollIntoView();
      void next?.play();
    });
  }
})();
