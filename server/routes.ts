import type { Signals } from "./platform/signals.ts";
import type { FeatureRoutes } from "./platform/web/router.ts";
import { shellRoutes } from "./shell/routes.ts";
import { accountRoutes, type AccountDeps } from "./accounts/routes.ts";
import { calendarRoutes } from "./calendar/routes.ts";
import { materialRoutes } from "./materials/routes.ts";
import { packageRoutes } from "./packages/routes.ts";
import { digitisingRoutes } from "./digitising/routes.ts";
import { teachingRoutes } from "./teaching/routes.ts";
import { timetableRoutes } from "./timetable/routes.ts";
import { organisationRoutes } from "./organisation/routes.ts";
import { peopleRoutes } from "./people/routes.ts";
import { noticeRoutes } from "./notices/routes.ts";
import { planRoutes } from "./plan/routes.ts";
import { libraryRoutes } from "./library/routes.ts";
import { bulkRoutes } from "./bulk/routes.ts";
import type { Engines } from "./live/engines/engines.ts";
import type { MediaEngine } from "./live/media/engine.ts";
import { liveRoutes } from "./live/routes.ts";
import { kitRoutes } from "./kits/routes.ts";
import { ledgerRoutes } from "./ledger/routes.ts";
import { reportRoutes } from "./reports/routes.ts";
import { documentRoutes } from "./documents/routes.ts";
import { measureRoutes } from "./measures/routes.ts";
import { assessmentRoutes } from "./assessment/routes.ts";
import { indicatorRoutes } from "./indicators/routes.ts";
import { sharingRoutes } from "./sharing/routes.ts";
import { studyRoutes } from "./study/routes.ts";
import { homeRoutes } from "./home/routes.ts";
import { uploadRoutes } from "./uploads/routes.ts";
import { uploadKinds } from "./upload-kinds.ts";
import { apiRoutes } from "./api/routes.ts";

export interface RouteDeps {
  accounts: AccountDeps;
  /** What pages tell the sockets. */
  signals: Signals;
  /** Sound and picture of live classes. */
  media: MediaEngine;
  /** What live classes are held with. */
  engines: Engines;
}

/** The map of the site: one line a feature. */
export function allRoutes(deps: RouteDeps): FeatureRoutes[] {
  return [shellRoutes(), organisationRoutes(), calendarRoutes(), peopleRoutes(), planRoutes(), teachingRoutes(), timetableRoutes(), digitisingRoutes(), accountRoutes(deps.accounts), noticeRoutes(), materialRoutes(), uploadRoutes(uploadKinds), packageRoutes(), sharingRoutes(), libraryRoutes(), liveRoutes(deps), kitRoutes(), ledgerRoutes(), measureRoutes(), documentRoutes(), reportRoutes(), assessmentRoutes(), indicatorRoutes(), apiRoutes(), studyRoutes(), homeRoutes(), bulkRoutes()];
}
