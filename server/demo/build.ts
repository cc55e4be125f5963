import { ensureIndex } from "../library/store/rebuild.ts";
import { addDays, addMinutes, dayOf, instantOf, weekdayOf, type Day, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { BlobStore } from "../platform/storage.ts";
import { buildAuthoring } from "./authoring.ts";
import { buildBulk } from "./bulk.ts";
import { closeMonths } from "./closing.ts";
import { buildDocuments } from "./documents.ts";
import { buildDelivery } from "./delivery.ts";
import { buildKit } from "./kit.ts";
import { buildLastYear } from "./last-year.ts";
import { buildMaterials } from "./materials.ts";
import { announceCourses, mergeInOctober } from "./merger.ts";
import { buildOdd } from "./odd.ts";
import { buildOrganisation } from "./organisation.ts";
import { buildPackages } from "./packages.ts";
import { buildPeople } from "./people.ts";
import { seeded, type Random } from "./random.ts";
import { buildRecording } from "./recording.ts";
import { openProgress } from "./progress.ts";
import { buildReports } from "./reports.ts";
import { buildReview } from "./review.ts";
import { buildAssessments } from "./assessment.ts";
import { buildScoreboard } from "./scoreboard.ts";
import { buildSharing } from "./sharing.ts";
import { buildTeaching } from "./teaching.ts";
import { buildTimetables } from "./timetables.ts";

/** What every step of the demonstration shares. */
export interface Demo {
  db: Db;
  blobs: BlobStore;
  random: Random;
  /** When it is built. The school year is laid so that this day falls into its twelfth week. */
  at: Instant;
  today: Day;
  yearId: string;
  term1: Day;
  term2: Day;
  /** The day on which everything before the year was set up. */
  before: Instant;
}

const WEEKS_SO_FAR = 11;
const TERM1_WEEKS = 18;

/**
 * Builds the demonstration province: one department, four communes, a cluster, eight schools (one of them two until
 * October), their people, plans, materials and two months of teaching. The same every time, but for the dates.
 */
export async function buildDemo(db: Db, blobs: BlobStore, at: Instant, say: (line: string) => void): Promise<void> {
  const today = dayOf(at);
  const term1 = addDays(today, 1 - weekdayOf(today) - 7 * WEEKS_SO_FAR);
  const startYear = Number(term1.slice(0, 4));
  const demo: Demo = {
    db,
    blobs,
    random: seeded(1027),
    at,
    today,
    yearId: `${startYear}-${startYear + 1}`,
    term1,
    term2: addDays(term1, 7 * (TERM1_WEEKS + 1)),
    before: addMinutes(instantOf(term1), -30 * 24 * 60),
  };
  const steps: [string, () => Promise<void>][] = [
    ["units, school year, national programme", () => buildOrganisation(demo)],
    ["people and classes", () => buildPeople(demo)],
    ["plans and courses", () => buildTeaching(demo)],
    ["timetables", () => buildTimetables(demo)],
    ["materials", () => buildMaterials(demo)],
    ["interactive packages, captions", () => buildPackages(demo)],
    ["a lesson written in place", () => buildAuthoring(demo)],
    ["how materials are reviewed", () => buildReview(demo)],
    ["what is shared", () => buildSharing(demo)],
    ["folders brought in, the library brought out", () => buildBulk(demo)],
    ["live classes, self-study", () => buildDelivery(demo)],
    ["a class that was recorded", () => buildRecording(demo)],
    ["what those who missed it study", () => buildKit(demo)],
    ["what was taught online last year", () => buildLastYear(demo)],
    ["a merger of two schools", () => mergeInOctober(demo)],
    ["the plan's scoreboard", () => buildScoreboard(demo)],
    ["announcing the courses", () => announceCourses(demo)],
    ["months closed, and what was corrected since", () => closeMonths(demo)],
    ["plans and regulations for online teaching", () => buildDocuments(demo)],
    ["self-assessments", () => buildAssessments(demo)],
    ["reports: accepted, sent, returned, begun", () => buildReports(demo)],
    ["figures that ask for a question", () => buildOdd(demo)],
    ["the public page of progress", () => openProgress(demo)],
    ["the library's index", () => ensureIndex(db, at)],
  ];
  for (const [name, run] of steps) {
    say(`demonstration: ${name}`);
    await run();
  }
}
