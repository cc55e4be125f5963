import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { NoticeKind } from "../../notices/messages.ts";
import { notify } from "../../notices/store.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, insertAll, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act as Who } from "../../organisation/store/tree.ts";
import { ACTS, MESSAGES_MAX, ODD_KINDS, STEPS, type Act, type OddCount, type OddKind } from "./rules.ts";

export const oddFigures = table("odd_figures", {
  school_id: col.id(),
  year_id: col.text(),
  kind: col.oneOf(ODD_KINDS),
  cases: col.int(),
  among: col.int(),
  counted_at: col.instant(),
});
export type OddFigureRow = RowOf<typeof oddFigures>;

export const oddExchanges = table("odd_exchanges", {
  id: col.id(),
  school_id: col.id(),
  year_id: col.text(),
  kind: col.oneOf(ODD_KINDS),
  cases: col.int(),
  state: col.oneOf(["asked", "answered", "settled"]),
  said: col.int(),
  asked_at: col.instant(),
});
export type OddExchangeRow = RowOf<typeof oddExchanges>;

/** What was said in an exchange: append-only, numbered from 1. */
export const oddMessages = table("odd_messages", {
  exchange_id: col.id(),
  number: col.int(),
  act: col.oneOf(ACTS),
  words: col.text(),
  said_by: col.id(),
  said_at: col.instant(),
});
export type OddMessageRow = RowOf<typeof oddMessages>;

/** Writes what was counted of a school in place of what stood there. */
export async function saveFigures(db: Db, school_id: string, year_id: string, counts: readonly OddCount[], at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    await trx(oddFigures.name).where({ school_id, year_id }).del();
    await insertAll(trx, oddFigures.name, counts.map((count) => ({ school_id, year_id, ...count, counted_at: at })));
  });
}

const countedRow = z.object({ at: col.maybeInstant() });

/** What was found of schools in a year; where nothing was, there is nothing to say. */
export function listFigures(db: Db, schoolIds: readonly string[], yearId: string): Promise<OddFigureRow[]> {
  return listOf(schoolIds, (some) => all(oddFigures.row, db(oddFigures.name).whereIn("school_id", some).where({ year_id: yearId }).where("cases", ">", 0).orderBy(["school_id", "kind"]).select(oddFigures.columns)));
}

/** When schools of a year were counted last, whatever was found. */
export async function lastCounted(db: Db, schoolIds: readonly string[], yearId: string): Promise<Instant | undefined> {
  const found = await listOf(schoolIds, (some) => all(countedRow, db(oddFigures.name).whereIn("school_id", some).where({ year_id: yearId }).max({ at: "counted_at" })));
  return found.flatMap(({ at }) => (at === null ? [] : [at])).sort().at(-1);
}

/** The exchanges with schools in a year, the newest first within each school. */
export function listExchanges(db: Db, schoolIds: readonly string[], yearId: string): Promise<OddExchangeRow[]> {
  return listOf(schoolIds, (some) => all(oddExchanges.row, db(oddExchanges.name).whereIn("school_id", some).where({ year_id: yearId }).orderBy([{ column: "school_id" }, { column: "asked_at", order: "desc" }, { column: "id", order: "desc" }]).limit(5_000).select(oddExchanges.columns)));
}

const messageRow = oddMessages.row.extend({ name: col.text() });
export type OddMessage = z.infer<typeof messageRow>;

/** What was said in exchanges, with the names of those who said it: staff and officers, never a pupil. */
export function listMessages(db: Db, exchanges: readonly { id: string }[]): Promise<OddMessage[]> {
  return listOf(
    exchanges.map((one) => one.id),
    (some) => all(messageRow, db("odd_messages as m").join("persons as p", "p.id", "m.said_by").whereIn("m.exchange_id", some).orderBy(["m.exchange_id", "m.number"]).select(oddMessages.columns.map((name) => `m.${name}`)).select("p.name")),
  );
}

async function listOf<Row>(ids: readonly string[], read: (some: readonly string[]) => Promise<Row[]>): Promise<Row[]> {
  const found: Row[] = [];
  for (let i = 0; i < ids.length; i += 500) found.push(...(await read(ids.slice(i, i + 500))));
  return found;
}

/** By id, unauthorised: for doors. */
export function loadExchange(db: Db, id: string): Promise<OddExchangeRow | undefined> {
  return maybeOne(oddExchanges.row, db(oddExchanges.name).where({ id }).select(oddExchanges.columns));
}

/** The newest exchange about one thing. */
export function findExchange(db: Db, school_id: string, year_id: string, kind: OddKind): Promise<OddExchangeRow | undefined> {
  return maybeOne(oddExchanges.row, db(oddExchanges.name).where({ school_id, year_id, kind }).orderBy([{ column: "asked_at", order: "desc" }, { column: "id", order: "desc" }]).limit(1).select(oddExchanges.columns));
}

/** The last message of an exchange. */
export function lastMessage(db: Db, exchange: { id: string }): Promise<OddMessageRow | undefined> {
  return maybeOne(oddMessages.row, db(oddMessages.name).where({ exchange_id: exchange.id }).orderBy("number", "desc").limit(1).select(oddMessages.columns));
}

/** Who of the offices has asked in an exchange: they hear of the answers. */
export async function askersOf(db: Db, exchange: { id: string }): Promise<string[]> {
  const rows = await all(z.object({ said_by: col.id() }), db(oddMessages.name).where({ exchange_id: exchange.id, act: "ask" }).distinct("said_by").orderBy("said_by"));
  return rows.map((row) => row.said_by);
}

export interface Telling {
  people: readonly string[];
  by: string;
  /** What it is about, in the words of the notice's reader as far as they are known: Vietnamese. */
  title: string;
}

/** Asks a school about one of its figures. While an exchange is open, nobody begins another about the same. */
export async function saveQuestion(db: Db, school: Granted<"reopen", UnitRow>, asked: { year_id: string; kind: OddKind; cases: number; question: string }, tell: Telling, act: Who): Promise<void> {
  const { question, ...about } = asked;
  const id = newId();
  await db
    .transaction(async (trx) => {
      await trx(oddExchanges.name).insert({ id, school_id: school.id, ...about, state: "asked", said: 1, asked_at: act.at });
      await trx(oddMessages.name).insert({ exchange_id: id, number: 1, act: "ask", words: question, said_by: act.by, said_at: act.at });
      await told(trx, { school, ...about, id, act: "ask", words: question }, tell, act);
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("odd_already_asked") : error;
    });
}

/** What somebody says next, having read everything up to message `seen`. */
export interface Saying {
  act: Act;
  seen: number;
  words: string;
}

/** The school answers: it may say more until the office has settled the exchange. */
export function saveAnswer(db: Db, exchange: Granted<"lead", OddExchangeRow>, school: UnitRow, saying: Saying & { act: "answer" }, tell: Telling, act: Who): Promise<void> {
  return say(db, exchange, school, saying, tell, act);
}

/** The office asks further, or is content and settles the exchange. */
export function saveReply(db: Db, exchange: Granted<"reopen", OddExchangeRow>, school: UnitRow, saying: Saying & { act: "ask" | "settle" }, tell: Telling, act: Who): Promise<void> {
  return say(db, exchange, school, saying, tell, act);
}

async function say(db: Db, exchange: OddExchangeRow, school: UnitRow, saying: Saying, tell: Telling, act: Who): Promise<void> {
  const { from, to } = STEPS[saying.act];
  const number = saying.seen + 1;
  if (saying.act !== "settle" && number > MESSAGES_MAX) throw conflict("odd_too_long");
  await db.transaction(async (trx) => {
    const changed = await trx(oddExchanges.name).where({ id: exchange.id, said: saying.seen }).whereIn("state", [...from]).update({ state: to, said: number });
    if (changed === 0) throw conflict((await loadExchange(trx, exchange.id))?.state === "settled" ? "odd_settled" : "odd_moved");
    await trx(oddMessages.name).insert({ exchange_id: exchange.id, number, act: saying.act, words: saying.words, said_by: act.by, said_at: act.at });
    await told(trx, { school, kind: exchange.kind, year_id: exchange.year_id, id: exchange.id, act: saying.act, words: saying.words }, tell, act);
  });
}

const NEWS = { ask: "odd_asked", answer: "odd_answered", settle: "odd_settled" } as const satisfies Record<Act, NoticeKind>;

interface Said {
  school: UnitRow;
  kind: OddKind;
  year_id: string;
  id: string;
  act: Act;
  words: string;
}

async function told(trx: Db, { school, kind, year_id, id, act, words }: Said, tell: Telling, who: Who): Promise<void> {
  await record(trx, { at: who.at, actorId: who.by, action: `odd.${act}`, subjectType: "odd_exchange", subjectId: id, schoolId: school.id, details: { kind, year_id }, requestId: who.requestId });
  const href = `/schools/${school.id}/odd-figures?year=${year_id}&kind=${kind}`;
  await notify(trx, tell.people.filter((person) => person !== who.by), { kind: NEWS[act], href, params: { title: tell.title, school: school.name, by: tell.by, comment: words } }, who.at);
}
