/** A slide of a lesson's text, as Markdown; notes are the speaker's own. */
export interface Slide {
  title: string;
  body: string;
  notes: string;
}

const SLIDES_MAX = 200;

interface Line {
  text: string;
  what: "heading" | "break" | "notes" | "words";
}

/** What each line is to the slides; code in fences is words whatever it looks like. */
function linesOf(text: string): Line[] {
  let fence = "";
  let before = "";
  return text.split("\n").map((line) => {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1] ?? "";
    const inside = fence !== "" || mark !== "";
    if (fence === "") fence = mark;
    else if (mark.startsWith(fence)) fence = "";
    // A line of dashes under a line of words is a heading of Markdown, not a break.
    const breaks = /^ {0,3}---+ *$/.test(line) && before.trim() === "";
    before = line;
    if (inside) return { text: line, what: "words" };
    if (/^ {0,3}#{1,2} +\S/.test(line)) return { text: line.replace(/^ {0,3}#{1,2} +/, "").replace(/ +#+ *$/, "").trim(), what: "heading" };
    if (line.trim() === "???") return { text: line, what: "notes" };
    return { text: line, what: breaks ? "break" : "words" };
  });
}

/**
 * Slides from headings: every `#` and `##` begins one, `---` on a line of its own too; what stands before the first heading
 * is a slide of its own. A line `???` begins the notes of a slide.
 */
export function slidesOf(text: string): Slide[] {
  const slides: { title: string; body: string[]; notes: string[]; inNotes: boolean }[] = [];
  const begin = (title: string) => {
    const slide = { title, body: [], notes: [], inNotes: false };
    slides.push(slide);
    return slide;
  };
  for (const line of linesOf(text)) {
    if (line.what === "heading" || line.what === "break") {
      begin(line.what === "heading" ? line.text : "");
      continue;
    }
    const slide: (typeof slides)[number] = slides.at(-1) ?? begin("");
    if (line.what === "notes") slide.inNotes = true;
    else (slide.inNotes ? slide.notes : slide.body).push(line.text);
  }
  return slides
    .map(({ title, body, notes }) => ({ title, body: body.join("\n").trim(), notes: notes.join("\n").trim() }))
    .filter((slide) => slide.title !== "" || slide.body !== "" || slide.notes !== "")
    .slice(0, SLIDES_MAX);
}

/** The text without the speaker's notes: what pupils read. */
export function withoutNotes(text: string): string {
  let inNotes = false;
  const written = text.split("\n");
  const kept = linesOf(text).flatMap((line, i) => {
    if (line.what === "heading" || line.what === "break") inNotes = false;
    if (line.what === "notes") inNotes = true;
    return inNotes ? [] : [written[i] ?? ""];
  });
  return kept.join("\n");
}
