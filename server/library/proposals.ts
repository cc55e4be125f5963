import type { Actor } from "../access/actor.ts";
import type { Granted } from "../access/policy.ts";
import type { LessonRow } from "../materials/store.ts";
import type { Db } from "../platform/db.ts";
import { withinReach } from "./access.ts";
import { prepare, proposalsFor, tellingWords, type Fit } from "./rules/fit.ts";
import { HITS_MAX, limited, plain } from "./rules/rank.ts";
import { filterTerm, term, type Condition } from "./rules/terms.ts";
import { linkedTo, listCandidates, type Candidate } from "./store/browse.ts";
import { findHits, listHits, type ShownHit } from "./store/search.ts";

export const PROPOSALS_MAX = 12;

export interface Proposal {
  hit: ShownHit;
  fit: Fit;
}

/** What of the library fits a lesson and does not serve it yet. */
export async function proposalsOf(db: Db, actor: Actor, lesson: Granted<"read", LessonRow>): Promise<Proposal[]> {
  const words: Condition = { any: tellingWords(lesson.title).map((word) => term(`t_${word}`)) };
  const subject = term(filterTerm(`subject:${lesson.subject_code}`));
  const sameGrade: Condition = { all: [words, subject, term(filterTerm(`grade:${lesson.grade}`))] };
  const steps = limited(plain([sameGrade, { all: [words, subject] }]), withinReach(actor));
  const [hits, linked] = await Promise.all([findHits(db, actor, steps, HITS_MAX), linkedTo(db, lesson.id)]);
  const free = prepare(await listCandidates(db, hits)).filter((one) => !linked.has(one.id));
  const best = proposalsFor(lesson, free, PROPOSALS_MAX);
  const fits = new Map(best.map((one) => [one.doc, one.fit]));
  return (await listHits(db, best)).flatMap((hit) => {
    const fit = fits.get(hit.doc);
    return fit === undefined ? [] : [{ hit, fit }];
  });
}

/** Materials of other schools of a subject and grade, with the words of their titles: what could close gaps of a plan. */
export async function materialsElsewhere(db: Db, actor: Actor, place: { schoolId: string; subject: string; grade: number }): Promise<(Candidate & { words: ReadonlySet<string> })[]> {
  const here: Condition = { all: [term(filterTerm(`subject:${place.subject}`)), term(filterTerm(`grade:${place.grade}`))] };
  const elsewhere: Condition = { these: here, not: term(filterTerm(`school:${place.schoolId}`)) };
  const hits = await findHits(db, actor, limited(plain([elsewhere]), withinReach(actor)), HITS_MAX);
  return prepare(await listCandidates(db, hits));
}
