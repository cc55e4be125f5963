import { z } from "zod";
import { LEVELS, WISHES } from "./rules.ts";
import { KINDS, SLOTS } from "./parts.ts";

/** What the web process and the media process say to each other; both check what they hear. */

const room = z.string().min(1).max(64);
const session = z.string().min(1).max(40);
const person = z.string().min(1).max(40);
export const kind = z.enum(KINDS);
export const wish = z.enum(WISHES);
const mid = z.string().max(8);

/** From a browser's description: nothing else of it is read. */
export const answer = z.strictObject({
  ufrag: z.string().regex(/^[A-Za-z0-9+/]{4,256}$/),
  pwd: z.string().regex(/^[A-Za-z0-9+/]{22,256}$/),
  fingerprint: z.string().regex(/^([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$/),
  ssrcs: z.partialRecord(z.enum(["mic", "low", "high", "screen"]), z.number().int().min(1).max(0xffff_ffff)).default({}),
});

export const settings = z.strictObject({ port: z.number().int().min(1).max(65_535), relayPort: z.number().int().min(1).max(65_535).optional(), announced: z.array(z.string().max(100)).max(16) });
export type ChildSettings = z.infer<typeof settings>;

/** A file into which a class is recorded, whose voices besides the teachers', and how large it may become. */
export const part = z.strictObject({ file: z.string().min(1).max(1000), voices: z.array(person).max(200), bytesMax: z.number().int().min(0) });
export type RecordingPart = z.infer<typeof part>;

/** What the web process asks; `n` numbers what is answered. */
export const asked = z.discriminatedUnion("ask", [
  z.strictObject({ ask: z.literal("listen"), n: z.number(), room, session, person, wish }),
  z.strictObject({ ask: z.literal("speak"), n: z.number(), room, session, person, kinds: z.array(kind).max(3) }),
  z.strictObject({ ask: z.literal("answer"), n: z.number(), session, answer }),
  z.strictObject({ ask: z.literal("sending"), n: z.number(), session, kinds: z.array(kind).max(3) }),
  z.strictObject({ ask: z.literal("wish"), n: z.number(), session, wish }),
  z.strictObject({ ask: z.literal("leave"), n: z.number(), session }),
  z.strictObject({ ask: z.literal("close"), n: z.number(), room }),
  z.strictObject({ ask: z.literal("audience"), n: z.number(), room, on: z.boolean() }),
  z.strictObject({ ask: z.literal("record"), n: z.number(), room, part }),
  z.strictObject({ ask: z.literal("voices"), n: z.number(), room, voices: part.shape.voices }),
  z.strictObject({ ask: z.literal("record_end"), n: z.number(), room }),
]);
export type Asked = z.infer<typeof asked>;

const slot = z.strictObject({ mid, kind, person });
const line = z.strictObject({ person, state: z.enum(["good", "fair", "poor", "lost"]), level: z.enum(LEVELS) });

export const said = z.discriminatedUnion("say", [
  z.strictObject({ say: z.literal("ready") }),
  z.strictObject({ say: z.literal("done"), n: z.number(), offer: z.string().max(64_000).optional(), slots: z.array(slot).optional(), refused: z.string().optional() }),
  z.strictObject({ say: z.literal("map"), room, slots: z.array(slot).max(SLOTS.audio + SLOTS.video) }),
  z.strictObject({ say: z.literal("gone"), session }),
  z.strictObject({ say: z.literal("lines"), room, lines: z.array(line) }),
  z.strictObject({ say: z.literal("level"), session, level: z.enum(LEVELS) }),
  z.strictObject({ say: z.literal("wanted"), session, high: z.boolean() }),
  z.strictObject({ say: z.literal("sound"), room, packets: z.array(z.custom<Uint8Array>((value) => value instanceof Uint8Array)) }),
  z.strictObject({ say: z.literal("recorded"), room, file: z.string(), bytes: z.number(), lengthMs: z.number(), isOver: z.boolean(), problem: z.enum(["disk_full", "disk", "too_large"]).optional() }),
]);
export type Said = z.infer<typeof said>;

/** What one web process asks of another, which has the media process of the class. */
export const askedElsewhere = z.discriminatedUnion("ask", [
  z.strictObject({ ask: z.literal("listen"), room, person, wish }),
  z.strictObject({ ask: z.literal("speak"), room, person, kinds: z.array(kind).max(3) }),
  z.strictObject({ ask: z.literal("answer"), session, answer }),
  z.strictObject({ ask: z.literal("sending"), session, kinds: z.array(kind).max(3) }),
  z.strictObject({ ask: z.literal("wish"), session, wish }),
  z.strictObject({ ask: z.literal("leave"), session }),
  z.strictObject({ ask: z.literal("silence"), room, person }),
  z.strictObject({ ask: z.literal("close"), room }),
  z.strictObject({ ask: z.literal("slots"), room }),
  z.strictObject({ ask: z.literal("audience"), room, on: z.boolean() }),
]);
export type AskedElsewhere = z.infer<typeof askedElsewhere>;

export const repliedElsewhere = z.strictObject({ session: session.optional(), offer: z.string().max(64_000).optional(), slots: z.array(slot).optional(), refused: z.string().max(40).optional() });
export type RepliedElsewhere = z.infer<typeof repliedElsewhere>;

/** What the process that has the class tells another; `moved`: it has it no more, and the sound is to be asked for anew. */
export const toldElsewhere = z.discriminatedUnion("say", [
  z.strictObject({ say: z.literal("gone"), session }),
  z.strictObject({ say: z.literal("level"), session, level: z.enum(LEVELS) }),
  z.strictObject({ say: z.literal("wanted"), session, high: z.boolean() }),
  z.strictObject({ say: z.literal("sound"), room, packets: z.array(z.base64().max(4_000)).max(200) }),
  z.strictObject({ say: z.literal("moved"), room }),
]);
export type ToldElsewhere = z.infer<typeof toldElsewhere>;
export type Line = z.infer<typeof line>;
