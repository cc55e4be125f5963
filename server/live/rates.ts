import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** How often one person may do a thing of the room by form: the rates of the socket's own (`socket.ts`). */
const RATES = {
  say: { points: 14, duration: 20 },
  hand: { points: 12, duration: 20 },
  answer: { points: 20, duration: 20 },
} as const;

/** Slows down who sends forms of a room faster than a person does, so that the others are not disturbed. */
export interface RoomRates {
  /** False where the person has to wait a few seconds. */
  allows(personId: string, what: keyof typeof RATES): Promise<boolean>;
}

export function makeRoomRates(): RoomRates {
  const limiters = { say: new RateLimiterMemory(RATES.say), hand: new RateLimiterMemory(RATES.hand), answer: new RateLimiterMemory(RATES.answer) };
  return {
    async allows(personId, what) {
      try {
        await limiters[what].consume(personId);
        return true;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return false;
        throw refused;
      }
    },
  };
}
