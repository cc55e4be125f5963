import type { Request, Response } from "express";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { hashOf } from "../../platform/secrets.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { ChangePasswordForm } from "../forms.ts";
import { passwordFields, sessionRows } from "../pages.ts";
import { hashPassword, passwordFits } from "../passwords.ts";
import { passwordProblem, PASSWORD_MIN_PUPIL, PASSWORD_MIN_STAFF } from "../rules.ts";
import { endAllSessions, endSession, findAccount, listSessions, savePassword } from "../store.ts";
import { passwordErrors } from "./links.ts";

export function addProfileRoutes(routes: FeatureRoutes): void {
  routes.get("/profile", "signed_in", (req, res) => showProfile(req, res, blankForm()));

  routes.post("/profile/password", "signed_in", async (req, res) => {
    const form = readForm(ChangePasswordForm, req.body);
    if (!form.ok) return showProfile(req, res.status(422), { ...form, typed: {} });
    const account = await findAccount(req.db, req.actor.personId);
    if (!account) throw notFound();
    if (!(await passwordFits(form.value.current, account.password_hash))) {
      return showProfile(req, res.status(422), { errors: [{ field: "current", code: "password_wrong", params: {} }], typed: {} });
    }
    const problem = passwordProblem(form.value.password, { username: account.username, isPupil: isPupil(req) });
    if (problem) return showProfile(req, res.status(422), passwordErrors(problem));
    const hash = await hashPassword(form.value.password);
    await savePassword(req.db, { personId: account.id, hash, at: req.now, keepSidHash: hashOf(req.sessionID), requestId: req.id });
    flash(req, req.t.accounts.password_changed);
    res.redirect(303, "/profile");
  });

  routes.post("/profile/sessions/:hash/ending", "signed_in", async (req, res) => {
    const hash = String(req.params["hash"]);
    if (!/^[0-9a-f]{64}$/.test(hash)) throw notFound();
    await endSession(req.db, req.actor.personId, hash, req.now);
    if (hash === hashOf(req.sessionID)) return res.redirect(303, "/sign-in");
    flash(req, req.t.accounts.session_ended);
    res.redirect(303, "/profile");
  });

  routes.post("/profile/sign-out-everywhere", "signed_in", async (req, res) => {
    await endAllSessions(req.db, req.actor.personId, req.now, req.id);
    req.session.destroy(() => res.redirect(303, "/sign-in"));
  });
}

function isPupil(req: Request): boolean {
  return req.actor.memberships.length > 0 && req.actor.memberships.every((m) => m.role === "pupil");
}

async function showProfile(req: Request, res: Response, state: FormState): Promise<void> {
  const words = req.t.accounts;
  const sessions = await listSessions(req.db, req.actor.personId, req.now);
  const current = { name: "current", label: words.current_password, kind: "password", required: true, attributes: { autocomplete: "current-password" } } as const;
  const password = formView(req.t, state, {
    action: "/profile/password",
    submit: words.change_password,
    fields: [current, ...passwordFields(req.t, isPupil(req) ? PASSWORD_MIN_PUPIL : PASSWORD_MIN_STAFF)],
  });
  res.page(
    "accounts/profile",
    {
      head: { title: words.profile, lead: req.actor.name },
      roles: req.actor.memberships.map((m) => ({ label: req.t.access.roles[m.role], where: m.unitName })),
      password,
      sessions: sessionRows(sessions, hashOf(req.sessionID), req.t, req.f),
      everywhere: { action: "/profile/sign-out-everywhere", label: words.everywhere, icon: "log-out", kind: "danger", confirm: words.everywhere_confirm },
      tokensHref: "/api-tokens",
    },
    { title: words.profile },
  );
}
