import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { isId } from "../../platform/ids.ts";
import { engineDown, unsigned, type Attendee, type ClassEngine, type EngineCall, type EngineRecording, type EngineReport, type Entrant, type HeldClass } from "./engine.ts";

/** As `bbb-conf --secret` prints them: `https://bbb.example.edu.vn/bigbluebutton/` and the shared secret. */
export interface BbbSettings {
  url: string;
  secret: string;
  /** An answer that takes longer is none. */
  answerSeconds: number;
}

/** An answer that is larger is none. */
const ANSWER_BYTES_MAX = 2_000_000;
/** A meeting that nobody comes to, and one that everybody left: minutes until the server clears it away. `open` makes it anew. */
const EXPIRES = { meetingExpireIfNoUserJoinedInMinutes: "15", meetingExpireWhenLastUserLeftInMinutes: "5" };
/** What we want to hear; all else of a meeting (chat, polls, notes) is none of our business. */
const EVENTS = "user-joined,user-left,meeting-ended";
/** The checksum says by its length how it was made. SHA-1 is what older bbb-webhooks sign with. */
const ALGORITHMS: Readonly<Record<number, string>> = { 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512" };
/** Formats of a recording that people watch, the best first. */
const FORMATS = ["video", "presentation", "podcast"];

/** Where the webhooks of BigBlueButton come in. */
export const BBB_CALLS = "/live-engines/bbb/calls";

const texts = z.string().optional();
const answer = z.object({ returncode: z.string(), messageKey: texts, createTime: texts });
const list = <T extends z.ZodType>(name: string, item: T) => z.union([z.literal(""), z.object({ [name]: z.array(item) })]).optional().transform((all) => (all === undefined || all === "" ? [] : ((all as Record<string, z.infer<T>[]>)[name] ?? [])));
const info = z.object({ attendees: list("attendee", z.object({ userID: texts })) });
const recordings = z.object({
  recordings: list(
    "recording",
    z.object({ published: texts, startTime: z.string(), endTime: z.string(), playback: z.object({ format: z.array(z.object({ type: z.string(), url: z.string() })) }).or(z.literal("")).optional() }),
  ),
});
const hooks = z.object({ hooks: list("hook", z.object({ hookID: z.string(), callbackURL: texts })) });

const said = z.object({
  data: z.object({
    id: z.string(),
    attributes: z.object({
      meeting: z.object({ "external-meeting-id": z.string() }),
      user: z.object({ "internal-user-id": z.string().min(1), "external-user-id": z.string() }).optional(),
    }),
    event: z.object({ ts: z.number().int().positive() }),
  }),
});

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, isArray: (name) => ["attendee", "recording", "format", "hook"].includes(name) });

/**
 * BigBlueButton 2.6 or newer. Every call carries the SHA-256 of its name, its query and the shared secret; meetings have
 * the id of our class, people our ids. Source: docs.bigbluebutton.org, API Reference and Webhooks.
 */
export class BigBlueButton implements ClassEngine {
  readonly kind = "bbb";
  private readonly api: string;
  private readonly settings: BbbSettings;
  private readonly baseUrl: string;

  /** @param baseUrl the address of this installation, to which webhooks are sent and people come back */
  constructor(settings: BbbSettings, baseUrl: string) {
    this.settings = settings;
    this.baseUrl = baseUrl;
    this.api = `${settings.url.replace(/\/(api\/?)?$/, "")}/api/`;
  }

  async open(live: HeldClass, records: boolean): Promise<void> {
    await this.create(live, records);
    // Without bbb-webhooks on the server presence is asked for, every half minute.
    await this.call("hooks/create", { callbackURL: this.callback(live.id), meetingID: live.id, eventID: EVENTS }).catch(() => undefined);
  }

  /** The meeting is made again where the server cleared it away; its birth is in the address, so that no other opens by it. */
  async entry(live: HeldClass, who: Entrant, records: boolean): Promise<string> {
    const createTime = await this.create(live, records);
    const role = who.role === "moderator" ? "MODERATOR" : "VIEWER";
    return this.address("join", { fullName: who.name, meetingID: live.id, role, userID: who.personId, createTime });
  }

  async attendees(live: HeldClass): Promise<readonly Attendee[] | undefined> {
    const found = await this.call("getMeetingInfo", { meetingID: live.id });
    if (found.messageKey === "notFound") return undefined;
    return read(info, found.all).attendees.flatMap(({ userID }) => (isId(userID) ? [{ personId: userID, connection: undefined }] : []));
  }

  async end(live: HeldClass): Promise<void> {
    await this.call("end", { meetingID: live.id, password: this.password(live, "moderator") });
    await this.forgetHook(live).catch(() => undefined); // a hook that stays only tells of a meeting that is over
  }

  async recordings(live: HeldClass): Promise<readonly EngineRecording[]> {
    const found = await this.call("getRecordings", { meetingID: live.id });
    return read(recordings, found.all).recordings.flatMap((one) => {
      const formats = one.published === "true" && one.playback ? one.playback.format : [];
      const best = [...formats].sort((a, b) => FORMATS.indexOf(a.type) - FORMATS.indexOf(b.type)).find((format) => FORMATS.includes(format.type) && this.isPlayable(format.url));
      return best ? [{ url: best.url.trim(), startedAt: instant(one.startTime), endedAt: instant(one.endTime) }] : [];
    });
  }

  hear(call: EngineCall): Promise<EngineReport | undefined> {
    const query = new URLSearchParams(call.query);
    const liveId = query.get("class") ?? "";
    this.ensureSigned(this.callback(liveId), call.body, query.get("checksum") ?? "");
    return Promise.resolve(reportOf(liveId, call.body));
  }

  /** Signed over the address, the body and the secret. */
  private ensureSigned(callback: string, body: Buffer, checksum: string): void {
    const algorithm = ALGORITHMS[checksum.length];
    if (algorithm === undefined) throw unsigned();
    const right = createHash(algorithm).update(callback).update(body).update(this.settings.secret).digest("hex");
    if (!timingSafeEqual(Buffer.from(right), Buffer.from(checksum.toLowerCase().padEnd(right.length).slice(0, right.length)))) throw unsigned();
  }

  private async create(live: HeldClass, records: boolean): Promise<string> {
    const made = await this.call("create", {
      name: live.title.slice(0, 64).padEnd(2),
      meetingID: live.id,
      moderatorPW: this.password(live, "moderator"),
      attendeePW: this.password(live, "viewer"),
      record: String(records),
      autoStartRecording: "false",
      allowStartStopRecording: String(records),
      muteOnStart: "true",
      logoutURL: `${this.baseUrl}/live-classes/${live.id}`,
      ...EXPIRES,
    });
    if (made.createTime === undefined) throw engineDown();
    return made.createTime;
  }

  private async forgetHook(live: HeldClass): Promise<void> {
    const found = await this.call("hooks/list", { meetingID: live.id });
    for (const hook of read(hooks, found.all).hooks) if (hook.callbackURL === this.callback(live.id)) await this.call("hooks/destroy", { hookID: hook.hookID });
  }

  /** Roles decide who moderates; `end` still asks for a password, so there is one that nobody is told. */
  private password(live: HeldClass, role: Entrant["role"]): string {
    return createHmac("sha256", this.settings.secret).update(`${role} ${live.id}`).digest("hex").slice(0, 32);
  }

  private callback(liveId: string): string {
    return `${this.baseUrl}${BBB_CALLS}?class=${encodeURIComponent(liveId)}`;
  }

  /** A recording is only ever a link for people; whatever is none is left out. */
  private isPlayable(url: string): boolean {
    if (!URL.canParse(url.trim())) return false;
    const { protocol, origin } = new URL(url.trim());
    return protocol === "https:" || origin === new URL(this.api).origin;
  }

  private address(name: string, params: Record<string, string>): string {
    const query = new URLSearchParams(params).toString();
    const checksum = createHash("sha256").update(name + query + this.settings.secret).digest("hex");
    return `${this.api}${name}?${query}&checksum=${checksum}`;
  }

  /** @throws `engine_down` for no answer, a late one, one that is no XML, and a refusal other than of a meeting that is not there */
  private async call(name: string, params: Record<string, string>): Promise<z.infer<typeof answer> & { all: unknown }> {
    const xml = await fetchText(this.address(name, params), this.settings.answerSeconds);
    if (/<!\s*(DOCTYPE|ENTITY)/i.test(xml)) throw engineDown();
    const all = parse(xml);
    const found = read(answer, all);
    if (found.returncode !== "SUCCESS" && found.messageKey !== "notFound") throw engineDown();
    return { ...found, all };
  }
}

/** The answer's `<response>`. */
function parse(xml: string): unknown {
  try {
    return (parser.parse(xml) as { response?: unknown }).response;
  } catch {
    throw engineDown();
  }
}

function read<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw engineDown();
  return result.data;
}

/** Follows no redirect: an engine may not send this server to another address. */
async function fetchText(address: string, seconds: number): Promise<string> {
  try {
    const response = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(seconds * 1000) });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      size += (part as Uint8Array).length;
      if (size > ANSWER_BYTES_MAX) throw engineDown();
      parts.push(part as Uint8Array);
    }
    return Buffer.concat(parts).toString("utf8");
  } catch {
    throw engineDown();
  }
}

function instant(milliseconds: string): string {
  const at = Number(milliseconds);
  if (!Number.isSafeInteger(at) || at <= 0 || at > 8e15) throw engineDown();
  return new Date(at).toISOString();
}

/** The first event of the body that concerns the class. */
function reportOf(liveId: string, body: Buffer): EngineReport | undefined {
  const given: unknown = parseJson(new URLSearchParams(body.toString("utf8")).get("event") ?? "");
  const found = said.safeParse(Array.isArray(given) ? given[0] : given);
  if (!found.success || found.data.data.attributes.meeting["external-meeting-id"] !== liveId) return undefined;
  const { id, attributes, event } = found.data.data;
  const report = { liveId, key: createHash("sha256").update(body).digest("hex"), at: new Date(event.ts).toISOString() };
  if (id === "meeting-ended") return { ...report, what: { kind: "ended" } };
  const user = attributes.user;
  if (!user || (id !== "user-joined" && id !== "user-left")) return undefined;
  const who = { personId: user["external-user-id"], connection: user["internal-user-id"], joinedAt: undefined };
  return { ...report, what: { kind: id === "user-joined" ? "joined" : "left", ...who } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
