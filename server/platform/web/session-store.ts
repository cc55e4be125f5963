import type { NextFunction, Request, Response } from "express";
import session from "express-session";
import { addMinutes, minutesBetween, now, type Instant } from "../clock.ts";
import type { Db } from "../db.ts";
import { hashOf } from "../secrets.ts";

const SEEN_EVERY_MINUTES = 10;

/** The row of a session, and its person as the same query found them. */
export interface FoundSession<Person> {
  data: string;
  expires_at: Instant;
  seen_at: Instant;
  person: Person | undefined;
}

/**
 * Sessions in the database, found by the hash of their id: a copy of the table opens no session. Each row names its
 * person, so that "sign out everywhere" is one statement. Reading a page does not write the row.
 *
 * Whose session it is, is what every page asks next, so `find` answers both.
 */
export class SessionStore<Person> extends session.Store {
  private readonly db: Db;
  private readonly lifeMinutes: number;
  private readonly find: (sidHash: string) => Promise<FoundSession<Person> | undefined>;
  private readonly ofData = new WeakMap<session.SessionData, Person>();
  private readonly ofRequest = new WeakMap<Request, Person>();

  constructor(db: Db, lifeMinutes: number, find: (sidHash: string) => Promise<FoundSession<Person> | undefined>) {
    super();
    this.db = db;
    this.lifeMinutes = lifeMinutes;
    this.find = find;
  }

  /** The person of the session with which a request came, as of the moment it was read. */
  personOf(req: Request): Person | undefined {
    return this.ofRequest.get(req);
  }

  override createSession(req: Request, data: session.SessionData): session.Session & session.SessionData {
    const person = this.ofData.get(data);
    if (person !== undefined) this.ofRequest.set(req, person);
    return super.createSession(req, data);
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
    const found = await this.find(hashOf(sid));
    if (found === undefined || found.expires_at <= now()) return null;
    const data = { ...(JSON.parse(found.data) as session.SessionData), seenAt: found.seen_at };
    if (found.person !== undefined) this.ofData.set(data, found.person);
    return data;
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

/**
 * Keeps what an act put into the session before the browser is sent on. express-session sends the headers of an answer
 * first and saves then, and a browser follows a redirect at its headers: the next page would come too early now and then and
 * would not know what was done.
 */
export function saveBeforeRedirect(req: Request, res: Response, next: NextFunction): void {
  const before = JSON.stringify(req.session);
  const redirect = res.redirect.bind(res) as (...args: unknown[]) => void;
  res.redirect = (...args: unknown[]): void => {
    // Without a session somebody has signed out; an unchanged one is not written, so that a visitor leaves no row.
    const { session: current } = req as { session?: Request["session"] };
    if (current === undefined || JSON.stringify(current) === before) return redirect(...args);
    current.save((error: unknown) => (error === undefined || error === null ? redirect(...args) : next(error)));
  };
  next();
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
