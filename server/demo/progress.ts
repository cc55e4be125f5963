import { savePublicPage } from "../api/progress/store.ts";
import { provinceAsSystem } from "../indicators/access.ts";
import { addMinutes, instantOf } from "../platform/clock.ts";
import type { Demo } from "./build.ts";
import { demoId, DEPARTMENT } from "./organisation.ts";

/** The department shows its progress to everybody, school by school. */
export async function openProgress(demo: Demo): Promise<void> {
  const act = { by: demoId("province officer"), at: addMinutes(instantOf(demo.term1), 8 * 24 * 60), requestId: demoId("public page") };
  await savePublicPage(demo.db, await provinceAsSystem(demo.db, DEPARTMENT), 0, { is_open: true, shows_schools: true }, act);
}
