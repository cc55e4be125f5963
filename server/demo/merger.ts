import type { Actor } from "../access/actor.ts";
import { loadActor } from "../access/store.ts";
import { openUnit } from "../organisation/access.ts";
import { listLeaders, saveMerger } from "../organisation/store/merge.ts";
import { coursesChanged } from "../courses/events.ts";
import { addDays, instantOf } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { raise } from "../platform/jobs/queue.ts";
import { z } from "zod";
import { all, col } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { demoId } from "./organisation.ts";
import { MERGED, SCHOOLS } from "./schools.ts";

const FIVE_WEEKS = 35;

/** Merges two schools as the department does it in October, through the same door and the same statements. */
export async function mergeInOctober(demo: Demo): Promise<void> {
  const officer = await officerOf(demo);
  const on = addDays(demo.today, -FIVE_WEEKS);
  const below = await openUnit(demo.db, officer, demoId(MERGED.commune), "manage");
  const keys = SCHOOLS.filter((school) => school.mergedInto === MERGED.key).map((school) => demoId(school.key));
  const from = [];
  for (const id of keys) from.push(await openUnit(demo.db, officer, id, "manage"));
  const leaders = await listLeaders(demo.db, keys, on);
  await saveMerger(
    demo.db,
    {
      into: { found: { kind: "school", name: MERGED.name, code: MERGED.code, level: MERGED.level, area: MERGED.area, opened_on: on }, below },
      from,
      on,
      leaders: new Set(leaders.map((leader) => leader.id)),
    },
    { by: officer.personId, at: instantOf(on, "09:00"), requestId: newId() },
  );
}

/** Says that every school's courses are new, so that its planned periods are counted. */
export async function announceCourses(demo: Demo): Promise<void> {
  const schools = await all(z.object({ school_id: col.id(), year_id: col.text() }), demo.db("courses").distinct("school_id", "year_id").orderBy(["school_id", "year_id"]));
  await demo.db.transaction(async (trx) => {
    for (const { school_id, year_id } of schools) await raise(trx, coursesChanged, { schoolId: school_id, yearId: year_id }, demo.at);
  });
}

async function officerOf(demo: Demo): Promise<Actor> {
  const officer = await loadActor(demo.db, demoId("province officer"), demo.at);
  if (!officer) throw new Error("the demonstration has no province officer");
  return officer;
}
