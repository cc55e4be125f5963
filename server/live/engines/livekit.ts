import { createHash } from "node:crypto";
import type * as LiveKitSdk from "livekit-server-sdk";
import type { RoomServiceClient, VideoGrant, WebhookEvent } from "livekit-server-sdk";
import { isId, newId } from "../../platform/ids.ts";
import { engineDown, unsigned, type Attendee, type ClassEngine, type EngineCall, type EngineReport, type Entrant, type HeldClass, type Sent } from "./engine.ts";

export interface LiveKitSettings {
  /** The server, `wss://` or `https://`. */
  url: string;
  key: string;
  secret: string;
  /** The web client people use there, which takes `liveKitUrl` and `token` in its address, as LiveKit Meet's `/custom` does. */
  meetUrl: string;
  /** An answer that takes longer is none. */
  answerSeconds: number;
}

/** Enough to open the page; who is in keeps being let in by the server itself. */
const TOKEN_LIFE = "10m";
/** A room that nobody is in is cleared away after so many seconds; `open` makes it anew. */
const EMPTY_S = 600;
const PEOPLE_MAX = 300;

/** Where the webhooks of LiveKit come in; set as `webhook.urls` on its server. */
export const LIVEKIT_CALLS = "/live-engines/livekit/calls";

/**
 * LiveKit, with people in its web client. Rooms have the id of our class, people ours with a mark for each device; tokens
 * say what a person may send. Source: docs.livekit.io, Tokens & grants, Room service API, Webhooks.
 */
export class LiveKit implements ClassEngine {
  readonly kind = "livekit";
  private readonly settings: LiveKitSettings;
  private loaded: Promise<typeof LiveKitSdk> | undefined;

  constructor(settings: LiveKitSettings) {
    this.settings = settings;
  }

  async open(live: HeldClass): Promise<void> {
    await this.rooms((rooms) => rooms.createRoom({ name: live.id, emptyTimeout: EMPTY_S, maxParticipants: PEOPLE_MAX }));
  }

  async entry(live: HeldClass, who: Entrant): Promise<string> {
    await this.open(live);
    const { AccessToken } = await this.sdk();
    const identity = `${who.personId}.${newId().slice(-6)}`;
    const token = new AccessToken(this.settings.key, this.settings.secret, { identity, name: who.name, ttl: TOKEN_LIFE });
    token.addGrant(grantOf(live, who, await this.sources(who.may)));
    const address = new URL(this.settings.meetUrl);
    address.searchParams.set("liveKitUrl", this.settings.url.replace(/^http/, "ws"));
    address.searchParams.set("token", await token.toJwt());
    return address.href;
  }

  async attendees(live: HeldClass): Promise<readonly Attendee[] | undefined> {
    const found = await this.rooms((rooms) => rooms.listParticipants(live.id));
    return found?.flatMap(({ identity, sid }) => {
      const personId = personOf(identity);
      return personId === undefined ? [] : [{ personId, connection: sid }];
    });
  }

  async end(live: HeldClass): Promise<void> {
    await this.rooms((rooms) => rooms.deleteRoom(live.id));
  }

  /** LiveKit keeps recordings only where a server of its own (Egress) with a store for them stands, which is not asked. */
  recordings(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  async floor(live: HeldClass, personId: string, may: readonly Sent[]): Promise<void> {
    const canPublishSources = await this.sources(may);
    await this.rooms(async (rooms) => {
      const devices = (await rooms.listParticipants(live.id)).filter((one) => personOf(one.identity) === personId);
      for (const { identity } of devices) await rooms.updateParticipant(live.id, identity, { permission: { canSubscribe: true, canPublish: may.length > 0, canPublishSources, canPublishData: true } });
    });
  }

  async hear(call: EngineCall): Promise<EngineReport | undefined> {
    const { WebhookReceiver } = await this.sdk();
    const body = call.body.toString("utf8");
    const event = await new WebhookReceiver(this.settings.key, this.settings.secret).receive(body, call.authorization).catch(() => {
      throw unsigned();
    });
    return reportOf(event, body);
  }

  private async sources(may: readonly Sent[]): Promise<LiveKitSdk.TrackSource[]> {
    const { TrackSource } = await this.sdk();
    return may.map((one) => (one === "mic" ? TrackSource.MICROPHONE : TrackSource.CAMERA));
  }

  /** Undefined where the server knows no such room. @throws `engine_down` for all else that fails */
  private async rooms<T>(ask: (rooms: RoomServiceClient) => Promise<T>): Promise<T | undefined> {
    const { RoomServiceClient } = await this.sdk();
    try {
      return await ask(new RoomServiceClient(this.settings.url, this.settings.key, this.settings.secret, { requestTimeout: this.settings.answerSeconds, failover: false }));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "not_found") return undefined;
      throw engineDown();
    }
  }

  /** Loaded by the first class that needs it. */
  private sdk(): Promise<typeof LiveKitSdk> {
    this.loaded ??= import("livekit-server-sdk");
    return this.loaded;
  }
}

/** Teachers send everything; a viewer listens and writes, and speaks and is seen with the floor. */
function grantOf(live: HeldClass, who: Entrant, sources: LiveKitSdk.TrackSource[]): VideoGrant {
  const common = { room: live.id, roomJoin: true, canSubscribe: true, canPublishData: true };
  if (who.role === "moderator") return { ...common, roomAdmin: true, canPublish: true };
  return sources.length > 0 ? { ...common, canPublish: true, canPublishSources: sources } : { ...common, canPublish: false };
}

function personOf(identity: string): string | undefined {
  const [personId] = identity.split(".");
  return isId(personId) ? personId : undefined;
}

function reportOf(event: WebhookEvent, body: string): EngineReport | undefined {
  const liveId = event.room?.name;
  if (!isId(liveId)) return undefined;
  const key = event.id === "" ? createHash("sha256").update(body).digest("hex") : event.id.slice(0, 64);
  const report = { liveId, key, at: instant(event.createdAt) };
  if (event.event === "room_finished") return { ...report, what: { kind: "ended" } };
  const personId = personOf(event.participant?.identity ?? "");
  if (!event.participant || personId === undefined) return undefined;
  const who = { personId, connection: event.participant.sid, joinedAt: instant(event.participant.joinedAt) };
  switch (event.event) {
    case "participant_joined":
      return { ...report, what: { kind: "joined", ...who } };
    case "participant_left":
    case "participant_connection_aborted":
      return { ...report, what: { kind: "left", ...who } };
    default:
      return undefined;
  }
}

/** LiveKit counts in seconds since 1970; nought is unset. */
function instant(seconds: bigint): string | undefined {
  return seconds > 0n && seconds < 8_000_000_000n ? new Date(Number(seconds) * 1000).toISOString() : undefined;
}
