// @ts-check
/* The run-time of SCORM inside the sandbox: scorm-again answers the package at once, as SCORM wants it, and what it holds is told to
   the page around. */
(function () {
  "use strict";
  /** @type {any} */
  const self = window;
  const frame = self.hocLieu;
  if (!frame) return;
  const { standard, state, launchData, mastery, language, around } = frame.given;
  const old = standard === "scorm12";
  const api = new (old ? self.Scorm12API : self.Scorm2004API)({ autocommit: false, logLevel: 5, mastery_override: true });

  const cmi = state ? JSON.parse(state) : {};
  const known = old ? (cmi.core ?? {}) : cmi;
  const entry = state ? (known.exit === "suspend" ? "resume" : "") : "ab-initio";
  delete known.exit;
  delete known.session_time;
  if (old) {
    cmi.core = { ...known, credit: "credit", lesson_mode: "normal", entry };
    cmi.student_data = { ...cmi.student_data, ...(mastery === null ? {} : { mastery_score: String(mastery / 100) }) };
    cmi.student_preference = { ...cmi.student_preference, language };
  } else {
    Object.assign(cmi, { credit: "credit", mode: "normal", entry }, mastery === null ? {} : { scaled_passing_score: String(mastery / 10000) });
    cmi.learner_preference = { ...cmi.learner_preference, language };
  }
  if (launchData) cmi.launch_data = launchData;
  api.loadFromJSON({ cmi }, "");

  let last = "";
  function report() {
    const now = api.renderCommitObject(true, true);
    const held = JSON.stringify(now.runtimeData.cmi);
    const told = { completed: now.completionStatus === "completed", success: now.successStatus === "unknown" ? null : now.successStatus, raw: now.score?.raw ?? null, min: now.score?.min ?? null, max: now.score?.max ?? null, scaled: now.score?.scaled ?? null, seconds: now.totalTimeSeconds || 0, state: held };
    if (JSON.stringify({ ...told, seconds: 0 }) === last) return;
    last = JSON.stringify({ ...told, seconds: 0 });
    frame.keep(held);
    frame.send(told);
  }
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let soon;
  const later = () => {
    clearTimeout(soon);
    soon = setTimeout(report, 1500); // packages that never commit lose little
  };
  for (const name of old ? ["LMSCommit", "LMSFinish"] : ["Commit", "Terminate"]) api.on(name, () => setTimeout(report));
  api.on(old ? "LMSSetValue.cmi.*" : "SetValue.cmi.*", later);
  window.addEventListener("pagehide", report);

  // SCORM 2004: a part that ends may ask for another one. The page around begins it; whatever else is asked, its list of parts is there.
  if (!old) {
    const valid = api.adl.nav.request_valid;
    valid.continue = String(around?.next === true);
    valid.previous = String(around?.previous === true);
    for (const [event, go] of [["SequenceNext", "next"], ["SequencePrevious", "previous"], ["SequenceChoice", "part"], ["SequenceJump", "part"]]) {
      api.on(event, (/** @type {unknown[]} */ ...told) => {
        report();
        frame.send({ go, part: String(told.at(-1) ?? "") });
      });
    }
  }

  // Packages look for the run-time in their own window and in those around it. The real one around is out of reach.
  const name = old ? "API" : "API_1484_11";
  self[name] = api;
  if (!reachable()) {
    /** @type {any} */
    const around = { [name]: api, postMessage: () => undefined, document: undefined, location: { href: "" } };
    around.parent = around;
    self.parent = around;
  }

  function reachable() {
    try {
      return Boolean(window.parent.document);
    } catch {
      return false;
    }
  }
})();
