import type { Lang } from "./platform/i18n.ts";
import { platform } from "./platform/messages.ts";
import { access } from "./access/messages.ts";
import { accounts } from "./accounts/messages.ts";
import { home } from "./home/messages.ts";
import { courses } from "./courses/messages.ts";
import { nav } from "./shell/nav.ts";
import { notices } from "./notices/messages.ts";
import { calendar } from "./calendar/messages.ts";
import { materials } from "./materials/messages.ts";
import { bulk } from "./bulk/messages.ts";
import { packages } from "./packages/messages.ts";
import { digitising } from "./digitising/messages.ts";
import { teaching } from "./teaching/messages.ts";
import { timetable } from "./timetable/messages.ts";
import { organisation } from "./organisation/messages.ts";
import { kits } from "./kits/messages.ts";
import { ledger } from "./ledger/messages.ts";
import { measures } from "./measures/messages.ts";
import { assessment } from "./assessment/messages.ts";
import { indicators } from "./indicators/messages.ts";
import { closing } from "./measures/closing/messages.ts";
import { outlook } from "./measures/outlook/messages.ts";
import { recount } from "./measures/recount/messages.ts";
import { odd } from "./measures/odd/messages.ts";
import { preview } from "./measures/preview/messages.ts";
import { use } from "./measures/use/messages.ts";
import { documents } from "./documents/messages.ts";
import { official } from "./documents/official/messages.ts";
import { reports } from "./reports/messages.ts";
import { api } from "./api/messages.ts";
import { openFigures, progress } from "./api/progress/messages.ts";
import { library } from "./library/messages.ts";
import { live } from "./live/messages.ts";
import { liveMedia } from "./live/media/messages.ts";
import { recording } from "./live/recording/messages.ts";
import { liveAfter } from "./live/after-messages.ts";
import { liveEngines } from "./live/engines/messages.ts";
import { liveTools } from "./live/tool-messages.ts";
import { people } from "./people/messages.ts";
import { plan } from "./plan/messages.ts";
import { uploads } from "./uploads/messages.ts";
import { sharing } from "./sharing/messages.ts";
import { shell } from "./shell/messages.ts";

/** Every word of the product, by feature. A feature that is missing here does not compile. */
const catalogues = { courses, home, live, liveMedia, live_tools: liveTools, live_after: liveAfter, live_engines: liveEngines, recording, platform, access, nav, shell, accounts, notices, organisation, calendar, people, teaching, timetable, digitising, materials, uploads, packages, sharing, library, kits, ledger, measures, closing, outlook, odd, preview, use, recount, documents, official, reports, assessment, indicators, api, open_figures: openFigures, progress, plan, bulk };

type Catalogues = Record<keyof Words, { vi: object; en: object }>;

function inLanguage(lang: Lang): Words {
  const complete: Catalogues = catalogues;
  return Object.fromEntries(Object.entries(complete).map(([feature, both]) => [feature, both[lang]])) as unknown as Words;
}

export const words: Record<Lang, Words> = { vi: inLanguage("vi"), en: inLanguage("en") };
