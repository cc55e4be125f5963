import { conflict, invalid } from "../platform/errors.ts";
import { readForm } from "../platform/web/form.ts";
import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import { openConversions } from "./access.ts";
import { RetryForm } from "./forms.ts";
import { conversionsPage } from "./pages.ts";
import { countByState, listFailed } from "./store.ts";
import { saveRetries, saveRetry } from "./store/queue.ts";
import { toolsHere } from "./tools.ts";

/** What the system's administrator sees of conversions: the programs, the queue, what failed. */
export function digitisingRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  routes.get("/conversions", "signed_in", async (req, res) => {
    openConversions(req.actor);
    const [tools, counts, failed] = await Promise.all([toolsHere(), countByState(req.db), listFailed(req.db)]);
    res.page("digitising/conversions", conversionsPage(req, { tools, counts, failed, clamd: req.config.clamd }), { title: req.t.digitising.admin.title });
  });

  routes.post("/conversions/retries", "signed_in", async (req, res) => {
    openConversions(req.actor);
    const form = readForm(RetryForm, req.body);
    if (!form.ok) throw invalid();
    const { hash } = form.value;
    const count = hash === "all" ? await saveRetries(req.db, req.now) : Number(await saveRetry(req.db, hash, req.now));
    if (count === 0) throw conflict();
    flash(req, req.t.digitising.admin.retried(count));
    res.redirect(303, "/conversions");
  });
  return routes;
}
