import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AccessToken, TokenVerifier, type ClaimGrants } from "livekit-server-sdk";
import { EngineStandIn } from "./engine-stand-in.ts";

export const LIVEKIT_KEY = "APIhoclieu";
export const LIVEKIT_SECRET = "a-secret-of-the-province-that-is-long";

interface Participant {
  sid: string;
  identity: string;
  name: string;
  joinedAt: string;
  permission: Record<string, unknown>;
}

/**
 * LiveKit as far as HTTP goes, by its documentation: the room service (Twirp, JSON) for whoever holds a token with the
 * grant, people by their access tokens, and webhooks signed by a token over the SHA-256 of the body.
 */
export class LiveKitStandIn extends EngineStandIn {
  readonly rooms = new Map<string, Map<string, Participant>>();
  private readonly verifier = new TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET);
  private numbers = 0;

  get url(): string {
    return this.origin;
  }

  /** What the web client does with the address it is opened by: connects with the token in it. */
  async connect(address: string): Promise<{ sid: string; claims: ClaimGrants }> {
    const query = new URL(address).searchParams;
    if (query.get("liveKitUrl") !== this.url.replace("http", "ws")) throw new Error("another server");
    const claims = await this.verifier.verify(query.get("token") ?? "");
    const room = this.rooms.get(claims.video?.room ?? "");
    if (!claims.video?.roomJoin || !room || claims.sub === undefined) throw new Error("no such room for this token");
    for (const [sid, other] of room) if (other.identity === claims.sub) room.delete(sid); // the same identity again puts the other out
    this.numbers += 1;
    const sid = `PA_${String(this.numbers).padStart(10, "0")}`;
    const { canPublish, canPublishSources, canSubscribe } = claims.video;
    const participant = { sid, identity: claims.sub, name: claims.name ?? "", joinedAt: this.seconds(), permission: { canPublish, canPublishSources, canSubscribe } };
    room.set(sid, participant);
    await this.tell("participant_joined", claims.video.room ?? "", participant);
    return { sid, claims };
  }

  async leave(room: string, sid: string): Promise<void> {
    const participant = this.rooms.get(room)?.get(sid);
    this.rooms.get(room)?.delete(sid);
    if (participant) await this.tell("participant_left", room, participant);
  }

  bodyOf(event: string, room: string, participant?: Participant): string {
    this.numbers += 1;
    return JSON.stringify({ event, room: { sid: "RM_1", name: room }, ...(participant ? { participant: { sid: participant.sid, identity: participant.identity, name: participant.name, joinedAt: participant.joinedAt } } : {}), id: `EV_${this.numbers}`, createdAt: this.seconds() });
  }

  async sign(body: string, secret = LIVEKIT_SECRET): Promise<string> {
    const token = new AccessToken(LIVEKIT_KEY, secret, { ttl: "5m" });
    token.sha256 = createHash("sha256").update(body).digest("base64");
    return token.toJwt();
  }

  post(body: string, authorization: string): Promise<Response> {
    return fetch(`${this.deliverTo()}/live-engines/livekit/calls`, { method: "POST", body, headers: { "content-type": "application/webhook+json", authorization } });
  }

  private async tell(event: string, room: string, participant: Participant): Promise<void> {
    const body = this.bodyOf(event, room, participant);
    const response = await this.post(body, await this.sign(body));
    if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
  }

  private seconds(): string {
    return String(Math.floor(Date.parse(this.clock()) / 1000));
  }

  protected break(res: ServerResponse): void {
    res.writeHead(500).end("oh");
  }

  protected async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const asked = JSON.parse(Buffer.concat(parts).toString("utf8")) as { name?: string; room?: string; identity?: string; permission?: Record<string, unknown> };
    const claims = await this.verifier.verify((req.headers.authorization ?? "").replace("Bearer ", "")).catch(() => undefined);
    const room = asked.room ?? asked.name ?? "";
    const may = claims?.video?.roomCreate === true || (claims?.video?.roomAdmin === true && claims.video.room === room);
    const say = (status: number, body: object): void => void res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (!may) return say(401, { code: "unauthenticated", msg: "permissions denied" });
    const people = this.rooms.get(room);
    switch (req.url?.split("/").at(-1)) {
      case "CreateRoom":
        if (!people) this.rooms.set(room, new Map());
        return say(200, { sid: "RM_1", name: room });
      case "ListParticipants":
        return people ? say(200, { participants: [...people.values()].map(({ permission: _permission, ...one }) => one) }) : say(404, { code: "not_found", msg: "room does not exist" });
      case "DeleteRoom":
        if (!people) return say(404, { code: "not_found", msg: "room does not exist" });
        this.rooms.delete(room);
        return say(200, {});
      case "UpdateParticipant": {
        const one = [...(people?.values() ?? [])].find((participant) => participant.identity === asked.identity);
        if (!one) return say(404, { code: "not_found", msg: "participant does not exist" });
        one.permission = asked.permission ?? {};
        return say(200, { sid: one.sid, identity: one.identity });
      }
      default:
        return say(404, { code: "bad_route", msg: "no such call" });
    }
  }
}
