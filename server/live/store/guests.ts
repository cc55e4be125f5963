import { z } from "zod";
import { accessChanged } from "../../accounts/events.ts";
import { endSessions } from "../../accounts/store.ts";
import type { Granted } from "../../access/policy.ts";
import { notify } from "../../notices/store.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { fold, nameSortKey } from "../../platform/text.ts";
import { note, taughtBy, type By, type LiveRow } from "./classes.ts";
import { liveInvitations, type InvitationRow } from "./tables.ts";

/** So many invitations one class may have. */
const INVITATIONS_MAX = 30;

export interface NewInvitation {
  guest: string;
  purpose: string;
  guests_max: number;
  expires_at: Instant;
  /** Of the secret in the link, which is shown once. */
  tokenHash: string;
}

/** Invites somebody from outside into one class. Its teacher is told. @throws Refusal 409 where the class is over or has too many */
export async function saveInvitation(db: Db, live: Granted<"invite", LiveRow>, { tokenHash, ...invited }: NewInvitation, who: By & { name: string }): Promise<void> {
  if (live.state !== "scheduled" && live.state !== "open") throw conflict("live_over");
  await db.transaction(async (trx) => {
    if ((await listInvitations(trx, live)).length >= INVITATIONS_MAX) throw conflict("live_invitations_full");
    const id = newId();
    await trx("live_invitations").insert({ id, live_class_id: live.id, token_hash: tokenHash, ...invited, guests: 0, created_by: who.by, created_at: who.at, revoked_at: null });
    await note(trx, live, "live.invite", who, { invitation_id: id, ...invited });
    const { id: teacher } = taughtBy(live);
    if (teacher !== who.by) await notify(trx, [teacher], { kind: "live_guest_invited", href: `/live-classes/${live.id}`, params: { title: live.title, by: who.name, comment: `${invited.guest}: ${invited.purpose}` } }, who.at);
  });
}

const listed = liveInvitations.row.extend({ creator: col.text() });

/** The invitations into a class, the newest first. */
export function listInvitations(db: Db, live: { id: string }): Promise<z.infer<typeof listed>[]> {
  return all(
    listed,
    db("live_invitations as i").join("persons as p", "p.id", "i.created_by").where("i.live_class_id", live.id).orderBy("i.id", "desc").limit(INVITATIONS_MAX).select(liveInvitations.columns.map((name) => `i.${name}`)).select({ creator: "p.name" }),
  );
}

/** Takes an invitation back: who came by it is out at once, on every device. @throws Refusal 404 for another class's */
export async function saveRevocation(db: Db, live: Granted<"invite", LiveRow>, invitationId: string, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_invitations").where({ id: invitationId, live_class_id: live.id }).whereNull("revoked_at").update({ revoked_at: who.at });
    if (changed === 0) throw notFound();
    for (const { person_id } of await all(z.object({ person_id: col.id() }), trx("live_guests").where({ invitation_id: invitationId }).select("person_id"))) {
      await endSessions(trx, person_id);
      await raise(trx, accessChanged, { personId: person_id, everywhere: true }, who.at);
    }
    await note(trx, live, "live.invite_revoke", who, { invitation_id: invitationId });
  });
}

/** The invitation of a link, as it stands; undefined for a link that never was. */
export function findInvitation(db: Db, tokenHash: string): Promise<InvitationRow | undefined> {
  return maybeOne(liveInvitations.row, db("live_invitations").where({ token_hash: tokenHash }).select(liveInvitations.columns));
}

/**
 * A guest comes by an invitation: a person without account, whose name says for everybody that they are a guest.
 *
 * @param name as it is shown, the mark of a guest included
 * @returns the person's id
 * @throws Refusal 409 where the invitation is used up, over or revoked
 */
export async function saveGuest(db: Db, { invitation, live }: { invitation: InvitationRow; live: LiveRow }, name: string, at: Instant, requestId: string): Promise<string> {
  return db.transaction(async (trx) => {
    const counted = await trx("live_invitations")
      .where({ id: invitation.id })
      .whereNull("revoked_at")
      .where("expires_at", ">", at)
      .where("guests", "<", trx.ref("guests_max"))
      .update({ guests: trx.raw("guests + 1") });
    if (counted === 0 || (live.state !== "scheduled" && live.state !== "open")) throw conflict("live_invitation_over");
    const id = newId();
    await trx("persons").insert({ id, name, sort_key: nameSortKey(name), search_text: fold(name), username: `guest-${id.toLowerCase()}`, state: "active", created_at: at });
    await trx("live_guests").insert({ person_id: id, live_class_id: live.id, invitation_id: invitation.id, joined_at: at });
    await note(trx, live, "live.guest_join", { by: id, at, requestId }, { invitation_id: invitation.id, name });
    return id;
  });
}

/** Who of a class came by invitation. */
export async function guestsOf(db: Db, liveId: string): Promise<Set<string>> {
  const rows = await all(z.object({ person_id: col.id() }), db("live_guests").where({ live_class_id: liveId }).limit(1000).select("person_id"));
  return new Set(rows.map((row) => row.person_id));
}
