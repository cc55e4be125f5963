import { z } from "zod";
import type { Bus } from "./bus.ts";
import { newId } from "./ids.ts";

/**
 * What happened, told to whoever listens in this process and, over the bus, in the others: a page that was posted without
 * script tells the sockets. Only a signal: the truth is in the database, and a listener that misses one reads it there at
 * its next heartbeat.
 */
export interface Signals {
  tell(topic: string, id: string): void;
  listen(topic: string, hear: (id: string, from: "here" | "elsewhere") => void): void;
}

const Told = z.object({ by: z.string(), topic: z.string(), id: z.string() });

export function makeSignals(bus?: Pick<Bus, "publish" | "hear">): Signals {
  const own = newId();
  const heard = new Map<string, Parameters<Signals["listen"]>[1][]>();
  const pass = (topic: string, id: string, from: "here" | "elsewhere"): void => heard.get(topic)?.forEach((hear) => hear(id, from));
  bus?.hear((text) => {
    const told = readTold(text);
    if (told !== undefined && told.by !== own) pass(told.topic, told.id, "elsewhere");
  });
  return {
    tell(topic, id) {
      pass(topic, id, "here");
      bus?.publish(JSON.stringify({ by: own, topic, id }));
    },
    listen: (topic, hear) => void heard.set(topic, [...(heard.get(topic) ?? []), hear]),
  };
}

/** What another process said; nothing where it is another version's, or not ours at all. */
function readTold(text: string): z.infer<typeof Told> | undefined {
  try {
    return Told.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
