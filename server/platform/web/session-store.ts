import { createHash } from "node:crypto";
import session from "express-session";
import { z } from "zod";
import { addMinutes, minutesBetween, now } from "../clock.ts";
import { maybeOne, type Db } from "../db.ts";

const SEEN_EVERY_MINUTES = 10;

const sessionRow = z.object({ data: z.string(), expires_at: z.string(), seen_at: z.string() });

/**
 * Sessions in the database, found by the hash of their id: a copy of the table opens no session. Each row names its
 * person, so that "sign out everywhere" is one statement. Reading a page does not write the row.
 */
export class SessionStore extends session.Store {
  private readonly db: Db;
  private readonly lifeMinutes: number;

  constructor(db: Db, lifeMinutes: number) {
    super();
    this.db = db;
    this.lifeMinutes = lifeMinutes;
  }

  override get(sid: string, done: (error: unknown, session?: session.SessionData | null) => void): void {
    this.read(sid).then(
      (found) => done(null, found),
      (error: unknown) => done(error),
    );
  }

  override set(sid: string, data: session.SessionData, done?: (error?: unknown) => void): void {
    this.write(sid, data).then(
      () => done?.(),
      (error: unknown) => done?.(error),
    );
  }

  override touch(sid: string, data: session.SessionData, done?: (error?: unknown) => void): void {
    if (!isSeenLongAgo(data.seenAt)) {
      done?.();
      return;
    }
    this.see(sid).then(
      () => done?.(),
      (error: unknown) => done?.(error),
    );
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    this.db("sessions")
      .where({ sid_hash: hashOf(sid) })
      .del()
      .then(
        () => done?.(),
        (error: unknown) => done?.(error),
      );
  }

  private async read(sid: string): Promise<session.SessionData | null> {
    const row = await maybeOne(
      sessionRow,
      this.db("sessions").select("data", "expires_at", "seen_at").where({ sid_hash: hashOf(sid) }).first(),
    );
    if (row === undefined || row.expires_at <= now()) return null;
    return { ...(JSON.parse(row.data) as session.SessionData), seenAt: row.seen_at };
  }

  private async write(sid: string, data: session.SessionData): Promise<void> {
    const at = now();
    const { seenAt: _seenAt, ...kept } = data;
    const row = {
      person_id: data.passport?.user ?? null,
      data: JSON.stringify(kept),
      device: data.device ?? "",
      seen_at: at,
      expires_at: addMinutes(at, this.lifeMinutes),
    };
    await this.db("sessions")
      .insert({ sid_hash: hashOf(sid), created_at: at, ...row })
      .onConflict("sid_hash")
      .merge(row);
  }

  private async see(sid: string): Promise<void> {
    const at = now();
    await this.db("sessions")
      .where({ sid_hash: hashOf(sid) })
      .update({ seen_at: at, expires_at: addMinutes(at, this.lifeMinutes) });
  }
}

export function hashOf(sid: string): string {
  return createHash("sha256").update(sid).digest("hex");
}

/** Whether a session is due to be marked as seen: at most one write in ten minutes. */
function isSeenLongAgo(seenAt: string | undefined): boolean {
  return seenAt === undefined || minutesBetween(seenAt, now()) > SEEN_EVERY_MINUTES;
}

declare module "express-session" {
  interface SessionData {
    passport?: { user?: string };
    device?: string;
    seenAt?: string;
    lang?: string;
    flash?: { kind: "good" | "warn" | "bad"; text: string }[];
  }
}
