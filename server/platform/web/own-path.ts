/** An own path to return to; anything that could lead to another host becomes the home page. */
export function ownPath(value: unknown): string {
  if (typeof value !== "string" || !/^\/(?![/\\])[^\\\s]*$/.test(value) || value.length > 500) return "/";
  return value;
}
