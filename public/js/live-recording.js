// @ts-check
/**
 * Whether the class is being recorded: a mark that stays as long as it is, spoken when it changes, and the teacher's
 * buttons. What is pressed is sent by the room's tools; what holds comes with the room's state.
 */
export class LiveRecording {
  /** @param {import("./live-chat.js").Place} place */
  constructor(place) {
    const root = place.root.querySelector("[data-recording]");
    if (!(root instanceof HTMLElement)) return;
    this.root = root;
    /** @type {{ on: string, off: string, problems: Record<string, string> }} */
    this.words = JSON.parse(root.dataset["words"] ?? "{}");
    place.line.onRoom((room) => this.show(room.recording));
  }

  /** @param {string} name */
  find(name) {
    return /** @type {HTMLElement | null} */ (this.root?.querySelector(`[data-recording-${name}]`) ?? null);
  }

  /** @param {{ on: boolean, problem: string | null }} recording */
  show(recording) {
    const [mark, start, stop] = [this.find("mark"), this.find("start"), this.find("stop")];
    if (!mark || !this.words) return;
    const was = mark.dataset["on"] === "true";
    const problem = recording.problem === null ? "" : (this.words.problems[recording.problem] ?? "");
    const text = recording.on ? this.words.on : problem || (was ? this.words.off : mark.textContent ?? "");
    if (mark.textContent !== text) mark.textContent = text;
    mark.dataset["on"] = String(recording.on);
    if (start) start.hidden = recording.on;
    if (stop) stop.hidden = !recording.on;
  }
}
