import { RateLimiterMemory } from "rate-limiter-flexible";
import { tooMany } from "../platform/errors.ts";
import { delayAfter } from "./rules.ts";

const QUARTER_HOUR = 15 * 60;
/** A whole school stands behind one address at 7:00: what counts is how many different accounts fail there. */
const FAILING_ACCOUNTS_MAX = 40;

/** Slows guessing down, for the form, one-time codes and everything else that takes a password. Successes cost nothing. */
export interface SignInLimiter {
  /** @throws Refusal 429 with the seconds to wait. */
  check(login: string, address: string): Promise<void>;
  failed(login: string, address: string): Promise<void>;
  succeeded(login: string): Promise<void>;
}

export function makeSignInLimiter(): SignInLimiter {
  const failures = new RateLimiterMemory({ points: 1000, duration: QUARTER_HOUR });
  const resting = new RateLimiterMemory({ points: 1, duration: QUARTER_HOUR });
  const failedHere = new RateLimiterMemory({ points: 1000, duration: QUARTER_HOUR });
  const accounts = new RateLimiterMemory({ points: FAILING_ACCOUNTS_MAX, duration: QUARTER_HOUR });
  const keyOf = (login: string): string => login.trim().toLowerCase().slice(0, 200);
  return {
    async check(login, address) {
      const [account, place] = [await resting.get(keyOf(login)), await accounts.get(address)];
      const wait = account !== null && account.consumedPoints > 1 ? account.msBeforeNext : 0;
      const waitHere = place !== null && place.remainingPoints <= 0 ? place.msBeforeNext : 0;
      const seconds = Math.ceil(Math.max(wait, waitHere) / 1000);
      if (seconds > 0) throw tooMany("sign_in_wait", { seconds });
    },
    async failed(login, address) {
      const key = keyOf(login);
      const { consumedPoints } = await failures.penalty(key);
      const delay = delayAfter(consumedPoints);
      if (delay > 0) await resting.block(key, delay);
      const first = await failedHere.penalty(`${address} ${key}`);
      if (first.consumedPoints === 1) await accounts.penalty(address);
    },
    async succeeded(login) {
      await failures.delete(keyOf(login));
      await resting.delete(keyOf(login));
    },
  };
}
