import { z } from "zod";
import { notFound } from "../platform/errors.ts";
import { isId } from "../platform/ids.ts";
import { readForm } from "../platform/web/form.ts";
import { ownPath } from "../platform/web/own-path.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import { noticesPage } from "./pages.ts";
import { listNotices, readAllUpTo, readNotice } from "./store.ts";

const ReadAllForm = z.strictObject({ up_to: z.string().refine(isId) });

/** What a person was told. Everybody has only their own, so the person is the door. */
export function noticeRoutes(): FeatureRoutes {
  const routes = featureRoutes();

  routes.get("/notices", "signed_in", async (req, res) => {
    const filter = { unread: req.query["show"] === "unread", after: isId(req.query["after"]) ? req.query["after"] : null };
    const found = await listNotices(req.db, req.actor.personId, filter);
    res.page("notices/list", noticesPage(req, { found, filter, unread: unreadOf(req) }), { title: req.t.notices.notices });
  });

  // Asked by the bell of a page that comes into sight again.
  routes.get("/notices/count", "signed_in", (req, res) => {
    const unread = unreadOf(req);
    res.json({ unread, label: req.t.shell.notices(unread) });
  });

  // Opening a notice is reading it; only the reader's own mark changes, so a link may do it.
  routes.get("/notices/:id", "signed_in", async (req, res) => {
    const href = await readNotice(req.db, req.actor.personId, idOf(req.params["id"]), req.now);
    if (href === undefined) throw notFound();
    res.redirect(303, ownPath(href));
  });

  routes.post("/notices/:id/reading", "signed_in", async (req, res) => {
    if ((await readNotice(req.db, req.actor.personId, idOf(req.params["id"]), req.now)) === undefined) throw notFound();
    res.redirect(303, "/notices");
  });

  routes.post("/notices/reading", "signed_in", async (req, res) => {
    const form = readForm(ReadAllForm, req.body);
    if (form.ok) {
      await readAllUpTo(req.db, req.actor.personId, form.value.up_to, req.now);
      flash(req, req.t.notices.read_all_done);
    }
    res.redirect(303, "/notices");
  });

  return routes;
}

function unreadOf(req: { visitor: { unreadNotices: number } | undefined }): number {
  return req.visitor?.unreadNotices ?? 0;
}
