import type { Request } from "express";
import { z } from "zod";
import { invalid, notFound } from "../platform/errors.ts";
import { isId } from "../platform/ids.ts";
import { readForm } from "../platform/web/form.ts";
import { ownPath } from "../platform/web/own-path.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import { mayBeMailed, REMOVAL } from "./digest.ts";
import { findDigestChoice, removeDigest, removeDigestByKey, saveDigest } from "./digest-store.ts";
import { noticesPage } from "./pages.ts";
import { listNotices, readAllUpTo, readNotice } from "./store.ts";

const DigestForm = z.strictObject({ daily: z.enum(["yes", "no"]) });
const ReadAllForm = z.strictObject({ up_to: z.string().refine(isId) });

/** What a person was told. Everybody has only their own, so the person is the door. */
export function noticeRoutes(): FeatureRoutes {
  const routes = featureRoutes();

  routes.get("/notices", "signed_in", async (req, res) => {
    const filter = { unread: req.query["show"] === "unread", after: isId(req.query["after"]) ? req.query["after"] : null };
    const mailed = req.config.smtpUrl !== undefined && mayBeMailed(req.actor);
    const [found, digest] = await Promise.all([listNotices(req.db, req.actor.personId, filter), mailed ? findDigestChoice(req.db, req.actor.personId) : undefined]);
    res.page("notices/list", noticesPage(req, { found, filter, unread: unreadOf(req), digest }), { title: req.t.notices.notices });
  });

  // Asked by the bell of a page that comes into sight again.
  routes.get("/notices/count", "signed_in", (req, res) => {
    const unread = unreadOf(req);
    res.json({ unread, label: req.t.shell.notices(unread) });
  });

  routes.post("/notices/mail", "signed_in", async (req, res) => {
    if (!mayBeMailed(req.actor)) throw notFound();
    const form = readForm(DigestForm, req.body);
    if (!form.ok) throw invalid();
    if (form.value.daily === "no") await removeDigest(req.db, req.actor.personId);
    else await saveDigest(req.db, req.actor.personId, req.now);
    flash(req, form.value.daily === "no" ? req.t.notices.mail.ended : req.t.notices.mail.begun);
    res.redirect(303, "/notices");
  });

  // Programs that look into links open them as well: the page asks, only its button or a mail program's ends the letters.
  routes.get(REMOVAL, "public", (req, res) => {
    res.page("notices/mail-removal", { action: `${REMOVAL}?key=${keyOf(req)}`, done: false }, { title: req.t.notices.mail.end_title });
  });

  // Whatever the key: who guesses learns nothing, and who presses twice is told that it is done.
  routes.post(REMOVAL, "public", async (req, res) => {
    await removeDigestByKey(req.db, keyOf(req));
    res.page("notices/mail-removal", { action: "", done: true }, { title: req.t.notices.mail.end_title });
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

function keyOf(req: Request): string {
  const key = req.query["key"];
  return typeof key === "string" && /^[\w-]{43}$/.test(key) ? key : "";
}

function unreadOf(req: { visitor: { unreadNotices: number } | undefined }): number {
  return req.visitor?.unreadNotices ?? 0;
}
