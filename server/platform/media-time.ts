/** A place in a film or a recording: `2:05`, `1:02:05`. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The place that was typed as `2:05` or `1:02:05`, ms. */
export function msOfClock(typed: string): number {
  return typed.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}
