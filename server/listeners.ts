import type { Listener } from "./platform/jobs/queue.ts";
import { bulkJobs } from "./bulk/jobs.ts";
import { coursePlanJobs } from "./courses/plan-jobs.ts";
import { libraryJobs } from "./library/jobs.ts";
import { liveJobs } from "./live/jobs.ts";
import { kitJobs } from "./kits/jobs.ts";
import { ledgerJobs } from "./ledger/jobs.ts";
import { measureJobs } from "./measures/jobs.ts";
import { recountJobs } from "./measures/recount/jobs.ts";
import { previewJobs } from "./measures/preview/jobs.ts";
import { sharingJobs } from "./sharing/jobs.ts";

/** Who hears which facts: one line a feature. */
export const listeners: readonly Listener[] = [...coursePlanJobs, ...sharingJobs, ...libraryJobs, ...liveJobs, ...kitJobs, ...ledgerJobs, ...measureJobs, ...previewJobs, ...recountJobs, ...bulkJobs];
