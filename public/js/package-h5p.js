// @ts-check
/* Plays an H5P inside the sandbox and tells the page around what came of it. */
(function () {
  "use strict";
  /** @type {any} */
  const self = window;
  const frame = self.hocLieu;
  const place = document.getElementById("h5p");
  if (!frame || !place) return;
  const player = document.body.dataset["player"];
  const files = location.href.replace(/\/h5p$/, "/files");
  let state = frame.given.state;
  let best = { completed: false, success: /** @type {string | null} */ (null), raw: /** @type {number | null} */ (null), min: /** @type {number | null} */ (null), max: /** @type {number | null} */ (null), scaled: /** @type {number | null} */ (null) };
  const began = performance.now();
  const tell = () => {
    frame.keep(state);
    frame.send({ ...best, seconds: frame.given.seconds + (performance.now() - began) / 1000, state });
  };

  const options = {
    id: "1",
    embedType: "div", // a frame inside would be foreign to the page that fills it
    h5pJsonPath: files,
    librariesPath: files,
    contentJsonPath: `${files}/content`,
    frameJs: `${player}/h5p-frame.js`,
    frameCss: `${player}/h5p/styles/h5p.css`,
    fullScreen: false,
    saveFreq: 10,
    user: { name: "-", mail: "-@invalid" },
    ajax: { contentUserDataUrl: `${files}/none`, setFinishedUrl: `${files}/none` },
    contentUserData: [{ state: state || '""' }], // by part and kind, as H5P's core reads it before it would ask a server
  };
  new self.H5PStandalone.H5P(place, options).then(() => {
    const { H5P } = self;
    // Content keeps its state by asking a server: here it is the page around.
    H5P.setUserData = (/** @type {unknown} */ _id, /** @type {string} */ kind, /** @type {unknown} */ data) => {
      if (kind !== "state") return;
      const next = typeof data === "string" ? data : JSON.stringify(data);
      if (next === state) return;
      state = next;
      tell();
    };
    H5P.externalDispatcher.on("xAPI", (/** @type {any} */ event) => hear(event.data?.statement));
    new ResizeObserver(() => frame.send({ height: Math.ceil(document.documentElement.scrollHeight) })).observe(document.body);
    H5P.jQuery?.(window).trigger("resize");
  });

  /** Only what is said of the whole, not of its parts. @param {any} statement */
  function hear(statement) {
    const result = statement?.result;
    if (!result || statement.context?.contextActivities?.parent?.length) return;
    const verb = String(statement.verb?.id ?? "").split("/").pop();
    if (!["answered", "completed", "passed", "failed", "mastered"].includes(verb ?? "")) return;
    best = {
      completed: best.completed || result.completion === true || verb === "completed",
      success: result.success === true || verb === "passed" ? "passed" : result.success === false || verb === "failed" ? "failed" : best.success,
      raw: result.score?.raw ?? null,
      min: result.score?.min ?? null,
      max: result.score?.max ?? null,
      scaled: result.score?.scaled ?? null,
    };
    tell();
  }
})();
