import type { SafeHtml } from "./render.ts";

/** Of one answer as many as its readers ask for in the seconds in which it is remembered. */
const KEPT_MAX = 200;

const drawn = new WeakMap<object, Map<string, SafeHtml>>();

/**
 * HTML that is the same for everybody who reads the same remembered answer (`remember`): drawn once, and let go with it.
 * `key` names all else that it depends on: the language, and what the address narrows.
 */
export function drawnOnce(answer: object, key: string, draw: () => SafeHtml): SafeHtml {
  const ready = drawn.get(answer) ?? new Map<string, SafeHtml>();
  drawn.set(answer, ready);
  if (ready.size >= KEPT_MAX) ready.clear();
  const html = ready.get(key) ?? draw();
  ready.set(key, html);
  return html;
}
