import { Cron } from "croner";
import type { Db } from "./platform/db.ts";
import { addMinutes, now, type Instant } from "./platform/clock.ts";
import type { Log } from "./platform/log.ts";
import type { BlobStore } from "./platform/storage.ts";
import { sweepIncoming } from "./platform/storage/disk.ts";
import type { DigestPost } from "./notices/digest.ts";
import { sendDigests } from "./notices/jobs.ts";
import { removeOldNotices } from "./notices/store.ts";
import { sweepPlays } from "./packages/store.ts";
import { forgetOpens } from "./sharing/store/opens.ts";
import { catchUp } from "./library/store/rebuild.ts";
import { readArrivals } from "./bulk/arrivals/jobs.ts";
import { prepareExports } from "./bulk/store/export.ts";
import { sweepConversions } from "./digitising/worker.ts";
import { requestMissing } from "./materials/jobs.ts";
import { endForgotten, remindOfClasses, saveBoards } from "./live/jobs.ts";
import { cutRecordings, eraseExpired, joinRecordings } from "./live/recording/jobs.ts";
import type { Engines } from "./live/engines/engines.ts";
import { fetchRecordings, watchEngines } from "./live/engines/jobs.ts";
import { sweepCalls } from "./live/engines/store.ts";
import { makeKits } from "./kits/jobs.ts";
import { closeDue } from "./study/store.ts";
import { uploadKinds } from "./upload-kinds.ts";
import { sweepBlobs, tidyUploads } from "./uploads/jobs.ts";
import { remindOfMonths } from "./measures/closing/jobs.ts";
import { recountByNight } from "./measures/recount/jobs.ts";
import { countOddFigures } from "./measures/odd/jobs.ts";
import { forgetPreviews } from "./measures/preview/store.ts";
import { recordFigures } from "./indicators/jobs.ts";

/** What some of the work needs besides database and files. */
interface Around {
  schoolQuotaBytes: number;
  engines: Engines;
  /** Undefined where letters cannot be sent. */
  post: DigestPost | undefined;
}

interface Recurring {
  /** When, as cron in Viet Nam's time. */
  at: string;
  does: string;
  run(db: Db, at: Instant, blobs: BlobStore, around: Around): Promise<unknown>;
}

/** All recurring work, with its hour and its reason: the only clock of the server. */
export const recurring: readonly Recurring[] = [
  {
    at: "*/10 * * * *",
    does: "closes self-study whose due date has passed, so that its periods are judged",
    run: (db, at) => closeDue(db, at),
  },
  {
    at: "*/2 * * * * *",
    does: "reads the ZIPs of bulk imports that arrived, while their senders look on",
    run: (db, at, blobs) => readArrivals(db, at, blobs),
  },
  {
    at: "* * * * *",
    does: "prepares the archives of libraries that were asked for, and lets go of those that have expired",
    run: (db, at, blobs) => prepareExports(db, at, blobs),
  },
  {
    at: "20 3 * * *",
    does: "removes sessions that have ended and facts that were heard a month ago",
    run: async (db, at) => {
      await db("sessions").where("expires_at", "<", at).del();
      const monthAgo = new Date(Date.parse(at) - 30 * 86_400_000).toISOString();
      await db("events").where({ state: "done" }).where("created_at", "<", monthAgo).del();
    },
  },
  {
    at: "40 1 * * *",
    does: "counts every figure anew from the records and puts right what differs, before people come to school",
    run: (db, at) => recountByNight(db, at),
  },
  {
    at: "30 2 * * *",
    does: "counts which figures of the running year ask for a question",
    run: (db, at) => countOddFigures(db, at),
  },
  {
    at: "25 3 * * *",
    does: "forgets previews of definitions after a month",
    run: (db, at) => forgetPreviews(db, addMinutes(at, -30 * 24 * 60)),
  },
  {
    at: "50 23 * * *",
    does: "writes down what the plan's scoreboard counts, so that each month keeps its last night",
    run: (db, at) => recordFigures(db, at),
  },
  {
    at: "0 7 * * *",
    does: "reminds leaders of the month that is over and not closed, on its last day and three and five days after",
    run: (db, at) => remindOfMonths(db, at),
  },
  {
    at: "10 2 * * *",
    does: "writes what the library's index missed, and how much materials are used; makes one list of each of its terms",
    run: (db, at) => catchUp(db, at),
  },
  {
    at: "*/5 * * * *",
    does: "ends live classes that nobody is in any more, at the last sign of anybody",
    run: (db, at) => endForgotten(db, at),
  },
  {
    at: "* * * * *",
    does: "reminds of live classes ten minutes before, and saves the boards of those that ended",
    run: async (db, at, blobs, { schoolQuotaBytes }) => {
      await remindOfClasses(db, at);
      await saveBoards(db, blobs, at, schoolQuotaBytes);
    },
  },
  {
    at: "* * * * *",
    does: "makes materials of recorded live classes that are over, and of what was cut out of them",
    run: async (db, at, blobs) => {
      await joinRecordings(db, blobs, at);
      await cutRecordings(db, blobs, at);
    },
  },
  {
    at: "* * * * *",
    does: "makes the kits of missed classes that teachers gave, and anew those whose recording changed",
    run: (db, at, blobs) => makeKits(db, blobs, at),
  },
  {
    at: "15 4 * * *",
    does: "tells teachers which recordings will be erased, and erases those that nobody approved in time",
    run: (db, at, blobs) => eraseExpired(db, blobs, at),
  },
  {
    at: "*/30 * * * * *",
    does: "asks the engines of live classes that run elsewhere who is there",
    run: (db, at, _blobs, { engines }) => watchEngines(db, engines, at),
  },
  {
    at: "*/10 * * * *",
    does: "fetches the links of recordings that engines have made ready",
    run: (db, at, blobs, { engines }) => fetchRecordings(db, blobs, engines, at),
  },
  {
    at: "*/10 6-8 * * *",
    does: "sends those who chose it the notices since their last letter, one a day",
    run: async (db, at, _blobs, { post }) => (post === undefined ? 0 : sendDigests(db, post, at)),
  },
  {
    at: "35 3 * * *",
    does: "removes notices that were read three months ago, and unread ones after a year",
    run: (db, at) => removeOldNotices(db, at),
  },
  {
    at: "40 3 * * *",
    does: "removes the keys of packages that are played no more, and forgets who opened which shared page, and calls of engines",
    run: async (db, at) => {
      await sweepCalls(db, at);
      await sweepPlays(db, at);
      await forgetOpens(db, at);
    },
  },
  {
    at: "55 3 * * *",
    does: "removes what a killed conversion left, and asks for files that were never digitised",
    run: async (db, at, blobs) => {
      await sweepConversions(db, blobs, at);
      await requestMissing(db, at);
    },
  },
  {
    at: "*/5 * * * *",
    does: "finishes uploads that arrived whole without their sender, and takes away those nobody came back for in a week",
    run: (db, at, blobs) => tidyUploads(db, blobs, uploadKinds, at),
  },
  {
    at: "50 3 * * *",
    does: "removes uploads that a killed process left half-written the day before",
    run: (_db, at, blobs) => sweepIncoming(blobs, addMinutes(at, -24 * 60)),
  },
  {
    at: "5 4 * * *",
    does: "removes files that nothing names, which a process killed before it wrote their row has left in the store",
    run: (db, at, blobs) => sweepBlobs(db, blobs, addMinutes(at, -24 * 60)),
  },
];

/** Starts the clock; answers how to stop it. */
export function startSchedule(db: Db, blobs: BlobStore, log: Log, around: Around): () => void {
  const jobs = recurring.map(
    (job) =>
      new Cron(job.at, { timezone: "Asia/Ho_Chi_Minh", protect: true }, async () => {
        await job.run(db, now(), blobs, around).catch((error: unknown) => log.error({ job: job.does, error: String(error) }, "recurring job failed"));
      }),
  );
  return () => jobs.forEach((job) => job.stop());
}
