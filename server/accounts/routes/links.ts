import type { Request, Response } from "express";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { ForgottenForm, NewPasswordForm, SetUpForm } from "../forms.ts";
import { createLink, findLink, type Purpose } from "../links.ts";
import { passwordFields } from "../pages.ts";
import { hashPassword } from "../passwords.ts";
import { passwordProblem, PASSWORD_MIN_PUPIL, PASSWORD_MIN_STAFF, type PasswordOwner } from "../rules.ts";
import { findAccount, findCredentials, hasPeople, isPupil, saveFounding, savePasswordByLink, type AccountRow } from "../store.ts";

const BY_LINK: readonly Purpose[] = ["invitation", "reset"];

export function addLinkRoutes(routes: FeatureRoutes): void {
  addSetUp(routes);

  routes.get("/forgotten-password", "public", (req, res) => showForgotten(req, res, blankForm()));

  routes.post("/forgotten-password", "public", async (req, res) => {
    const form = readForm(ForgottenForm, req.body);
    if (!form.ok) return showForgotten(req, res.status(422), form);
    const person = await findCredentials(req.db, form.value.login);
    const account = person?.state === "active" ? await findAccount(req.db, person.id) : undefined;
    if (account?.email) await sendReset(req, { ...account, email: account.email });
    flash(req, req.t.accounts.forgotten_done);
    res.redirect(303, "/sign-in");
  });

  routes.get("/password/:token", "public", async (req, res) => {
    const found = await personOfLink(req);
    if (!found) return showLinkOver(req, res);
    showChoose(req, res, found.owner, blankForm());
  });

  routes.post("/password/:token", "public", async (req, res) => {
    const found = await personOfLink(req);
    if (!found) return showLinkOver(req, res);
    const form = readForm(NewPasswordForm, req.body);
    if (!form.ok) return showChoose(req, res.status(422), found.owner, { ...form, typed: {} });
    const problem = passwordProblem(form.value.password, found.owner);
    if (problem) return showChoose(req, res.status(422), found.owner, passwordErrors(problem));
    const hash = await hashPassword(form.value.password);
    const saved = await savePasswordByLink(req.db, found.linkId, { personId: found.owner.id, hash, at: req.now, requestId: req.id });
    if (!saved) return showLinkOver(req, res);
    flash(req, req.t.accounts.choose_done);
    res.redirect(303, `/sign-in?login=${encodeURIComponent(found.owner.username)}`);
  });
}

/** What is wrong with a new password, at its field. */
export function passwordErrors(problem: NonNullable<ReturnType<typeof passwordProblem>>): FormState {
  const params = problem.code === "password_short" ? { min: problem.min } : {};
  return { errors: [{ field: "password", code: problem.code, params }], typed: {} };
}

async function sendReset(req: Request, account: AccountRow & { email: string }): Promise<void> {
  const token = await createLink(req.db, "reset", { personId: account.id, by: null, at: req.now });
  const words = req.t.accounts;
  await req.mail({ to: account.email, subject: words.reset_subject, text: words.reset_letter(account.name, `${req.config.baseUrl}/password/${token}`) });
}

type Owner = AccountRow & PasswordOwner;

async function personOfLink(req: Request): Promise<{ linkId: string; owner: Owner } | undefined> {
  const link = await findLink(req.db, String(req.params["token"]), BY_LINK, req.now);
  const account = link?.person_id ? await findAccount(req.db, link.person_id) : undefined;
  if (!link || !account || account.state !== "active") return undefined;
  return { linkId: link.id, owner: { ...account, isPupil: await isPupil(req.db, account.id) } };
}

function showForgotten(req: Request, res: Response, state: FormState): void {
  const words = req.t.accounts;
  const form = formView(req.t, state, {
    action: "/forgotten-password",
    submit: words.forgotten_send,
    cancel: { href: "/sign-in", label: words.sign_in },
    fields: [{ name: "login", label: words.login, kind: "text", required: true, attributes: { autocomplete: "username", autocapitalize: "none" } }],
  });
  res.page("shell/form", { head: { title: words.forgotten_title, lead: words.forgotten_lead }, notice: undefined, form }, { title: words.forgotten_title });
}

function showChoose(req: Request, res: Response, owner: Owner, state: FormState): void {
  const words = req.t.accounts;
  const form = formView(req.t, state, {
    action: req.path,
    submit: words.choose_save,
    fields: passwordFields(req.t, owner.isPupil ? PASSWORD_MIN_PUPIL : PASSWORD_MIN_STAFF),
  });
  const head = { title: words.choose_title, lead: words.choose_lead(owner.name, owner.username) };
  res.page("shell/form", { head, notice: undefined, form }, { title: words.choose_title });
}

function showLinkOver(req: Request, res: Response): void {
  const words = req.t.accounts;
  const notice = { kind: "warn", title: words.link_over_title, text: words.link_over_text, action: { href: "/forgotten-password", label: words.forgotten_title } } as const;
  res.page("accounts/link-over", { notice }, { title: words.link_over_title, status: 410 });
}

/** The first administrator of an installation. Once there is one, the address does not exist. */
function addSetUp(routes: FeatureRoutes): void {
  routes.get("/set-up/:token", "public", async (req, res) => {
    await openSetUp(req);
    showSetUp(req, res, blankForm());
  });

  routes.post("/set-up/:token", "public", async (req, res) => {
    const link = await openSetUp(req);
    const form = readForm(SetUpForm, req.body);
    if (!form.ok) return showSetUp(req, res.status(422), { ...form, typed: withoutPasswords(form.typed) });
    const { password, again: _again, ...facts } = form.value;
    const problem = passwordProblem(password, { username: facts.username, isPupil: false });
    if (problem) return showSetUp(req, res.status(422), { ...passwordErrors(problem), typed: withoutPasswords(textsOf(facts)) });
    const saved = await saveFounding(req.db, link.id, { ...facts, passwordHash: await hashPassword(password), at: req.now, today: dayOf(req.now) });
    if (!saved) throw notFound();
    flash(req, req.t.accounts.set_up_done);
    res.redirect(303, `/sign-in?login=${encodeURIComponent(facts.username)}`);
  });
}

async function openSetUp(req: Request): Promise<{ id: string }> {
  const link = await findLink(req.db, String(req.params["token"]), ["setup"], req.now);
  if (!link || (await hasPeople(req.db))) throw notFound();
  return link;
}

function showSetUp(req: Request, res: Response, state: FormState): void {
  const words = req.t.accounts;
  const form = formView(req.t, state, {
    action: req.path,
    submit: words.set_up_save,
    fields: [
      { name: "department", label: words.department, kind: "text", hint: words.department_hint, required: true, attributes: { maxlength: 200 } },
      { name: "name", label: words.your_name, kind: "text", required: true, attributes: { maxlength: 120, autocomplete: "name" } },
      { name: "username", label: words.username, kind: "text", hint: words.username_hint, required: true, attributes: { maxlength: 60, autocomplete: "username", autocapitalize: "none" } },
      { name: "email", label: words.email, kind: "email", required: false, attributes: { maxlength: 200, autocomplete: "email" } },
      ...passwordFields(req.t, PASSWORD_MIN_STAFF),
    ],
  });
  res.page("shell/form", { head: { title: words.set_up_title, lead: words.set_up_lead }, notice: undefined, form }, { title: words.set_up_title });
}

function withoutPasswords(typed: FormState["typed"]): FormState["typed"] {
  const { password: _password, again: _again, ...kept } = typed;
  return kept;
}

function textsOf(facts: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, value ?? ""]));
}
