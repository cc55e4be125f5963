import { ahead16 } from "../media/rtp.ts";

/** What is missing is waited for so long (ms): it is asked for again meanwhile, and a recording is in no hurry. */
export const PATIENCE_MS = 1_200;
/** A jump this long is another stream, not a loss. */
const JUMP = 3_000;

interface Held<T> {
  at: number;
  packet: T;
}

/** Puts the packets of one stream back into the order in which they were sent. */
export class InOrder<T> {
  private readonly held = new Map<number, Held<T>>();
  private highest: number | undefined;
  private next: number | undefined;

  /** @param sequence the packet's number on the ring of 16 bits @param at when it came, ms */
  push(sequence: number, packet: T, at: number): void {
    const step = this.highest === undefined ? 0 : ahead16(this.highest & 0xffff, sequence);
    if (Math.abs(step) > JUMP) this.begin();
    const place = this.highest === undefined ? sequence + 0x1_0000 : this.highest + step;
    this.highest = Math.max(this.highest ?? place, place);
    this.next ??= place;
    if (place >= this.next) this.held.set(place, { at, packet });
  }

  private begin(): void {
    this.held.clear();
    this.highest = undefined;
    this.next = undefined;
  }

  /** What can be given out now, in order; `afterGap` where something before it was given up. */
  *take(at: number): Generator<{ packet: T; at: number; afterGap: boolean }> {
    let afterGap = false;
    while (this.next !== undefined && this.held.size > 0) {
      const one = this.held.get(this.next);
      if (one) {
        this.held.delete(this.next);
        this.next += 1;
        yield { ...one, afterGap };
        afterGap = false;
        continue;
      }
      const first = Math.min(...this.held.keys());
      if (at - (this.held.get(first)?.at ?? at) < PATIENCE_MS) return;
      this.next = first;
      afterGap = true;
    }
  }
}
