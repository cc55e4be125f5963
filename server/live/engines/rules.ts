/**
 * Links that a teacher may give: only https, only to tools that are known, so that a class is never sent to an address
 * that merely looks like one. A province adds its own by `LIVE_LINK_HOSTS`.
 */
const TOOLS: readonly (readonly [pattern: string, name: string])[] = [
  ["meet.google.com", "Google Meet"],
  ["zoom.us", "Zoom"],
  ["*.zoom.us", "Zoom"],
  ["*.zoom.com", "Zoom"],
  ["teams.microsoft.com", "Microsoft Teams"],
  ["teams.live.com", "Microsoft Teams"],
  ["*.webex.com", "Webex"],
];

const LINK_LENGTH_MAX = 1000;

/** What is wrong with a link, as a key of the form's words. @param more hosts of this installation */
export function linkProblem(text: string, more: readonly string[] = []): "required" | "link_not_https" | "link_unknown_host" | undefined {
  if (text === "") return "required";
  if (text.length > LINK_LENGTH_MAX || !URL.canParse(text)) return "link_not_https";
  const url = new URL(text);
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "" || url.port !== "") return "link_not_https";
  return [...TOOLS.map(([pattern]) => pattern), ...more].some((pattern) => matches(url.hostname, pattern.toLowerCase())) ? undefined : "link_unknown_host";
}

/** `*.zoom.us` stands for any host below zoom.us. */
function matches(host: string, pattern: string): boolean {
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : host === pattern;
}

/** The time that an engine tells, kept within what can be: after the class began, and not in the future. */
export function within(at: string, from: string, now: string): string {
  if (at > now) return now;
  return at < from ? (from < now ? from : now) : at;
}

/** What people call the tool behind a link: its name, else its host. */
export function toolOf(link: string): string {
  const host = URL.canParse(link) ? new URL(link).hostname : "";
  return TOOLS.find(([pattern]) => matches(host, pattern))?.[1] ?? host;
}
