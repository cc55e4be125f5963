import type { FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openIndex } from "../access.ts";
import { indexPage } from "../pages/index.ts";
import { newestRebuild, saveRebuild, stateOfIndex } from "../store/rebuild.ts";
import { speechOf } from "./search.ts";

/** The administrator's view of the index, and making it anew. */
export function addIndex(routes: FeatureRoutes): void {
  routes.get("/library/index", "signed_in", async (req, res) => {
    openIndex(req.actor);
    const [state, last] = await Promise.all([stateOfIndex(req.db), newestRebuild(req.db)]);
    res.page("library/index", indexPage(speechOf(req), state, last), { title: req.t.library.index });
  });

  routes.post("/library/index", "signed_in", async (req, res) => {
    await saveRebuild(req.db, openIndex(req.actor), { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.library.index_begun);
    res.redirect(303, "/library/index");
  });
}
