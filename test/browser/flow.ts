import { expect } from "chai";
import type { Seat } from "../support/browser.ts";

interface Flow {
  packets: number;
  energy: number;
  frames: number;
}

/** Waits until energy was heard, or frames were decoded, that were not there before. */
export async function flows(seat: Seat, what: "sound" | "picture"): Promise<void> {
  const before = await flowOf(seat);
  const grew = (now: Flow): boolean => (what === "sound" ? now.energy > before.energy + 0.02 || (now.energy < before.energy && now.energy > 0.02) : now.frames > before.frames + 5 || (now.frames < before.frames && now.frames > 5));
  for (let tries = 0; tries < 150; tries += 1) {
    if (grew(await flowOf(seat))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const now = await flowOf(seat);
  expect.fail(`no ${what} flows: ${JSON.stringify({ before, now })}`);
}

/** Waits until nothing arrives any more. */
export async function silence(seat: Seat): Promise<void> {
  let before = -1;
  for (let tries = 0; tries < 50; tries += 1) {
    const { packets } = await flowOf(seat);
    if (packets === before) return;
    before = packets;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect.fail("it never fell silent");
}

function flowOf(seat: Seat): Promise<Flow> {
  return seat.page.evaluate<Flow>(`(async () => {
    const sum = { energy: 0, frames: 0, packets: 0 };
    const stats = await document.querySelector("live-class").parts.find((part) => part.ears).ears.connection?.getStats();
    for (const one of stats?.values() ?? []) if (one.type === "inbound-rtp") {
      sum.energy += one.totalAudioEnergy ?? 0;
      sum.packets += one.packetsReceived;
      sum.frames += one.framesDecoded ?? 0;
    }
    return sum;
  })()`);
}
