// @ts-check

/** The speed is that of the last so many milliseconds: lines change. */
const WINDOW_MS = 15_000;
/** Before this much was seen no time is told: it would jump. */
const SEEN_MS = 2_000;

/** Guesses how long the rest takes from how fast the last bytes went. */
export function guess() {
  /** @type {{ at: number, bytes: number }[]} */
  let seen = [];
  return {
    /** @param {number} bytes */
    add(bytes) {
      const at = performance.now();
      seen = [...seen.filter((one) => one.at > at - WINDOW_MS), { at, bytes: Math.max(0, bytes) }];
    },
    /** @param {number} bytes @returns {number | undefined} */
    secondsFor(bytes) {
      const first = seen[0];
      const passed = first ? performance.now() - first.at : 0;
      const sent = seen.reduce((sum, one) => sum + one.bytes, 0);
      return passed < SEEN_MS || sent === 0 ? undefined : (bytes / sent) * (passed / 1000);
    },
    forget() {
      seen = [];
    },
  };
}

/**
 * A time as people say it: `40 giây`, `12 phút`, `1 giờ 20 phút`.
 *
 * @param {number} seconds
 * @param {(key: string, values: Record<string, number>) => string} say
 */
export function timeFrom(seconds, say) {
  if (seconds < 55) return say("seconds", { n: Math.max(5, Math.ceil(seconds / 5) * 5) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return say("minutes", { n: minutes });
  return say("hours", { n: Math.floor(minutes / 60), m: Math.ceil((minutes % 60) / 5) * 5 % 60 });
}
