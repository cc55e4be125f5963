import type { Request, Response } from "express";
import { dayOf } from "../../platform/clock.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openAccount } from "../access.ts";
import { createLink } from "../links.ts";
import { accountPage } from "../pages.ts";
import { saveState, type AccountWithPlaces } from "../store.ts";

/** Accounts that somebody looks after: the school administrator those of the school, the system's administrator all. */
export function addAccountRoutes(routes: FeatureRoutes): void {
  const today = (req: Request): string => dayOf(req.now);

  routes.get("/people/:id/account", "signed_in", async (req, res) => {
    showAccount(req, res, await openAccount(req.db, req.actor, idOf(req.params["id"]), "read", today(req)), undefined);
  });

  routes.post("/people/:id/invitation", "signed_in", async (req, res) => {
    const account = await openAccount(req.db, req.actor, idOf(req.params["id"]), "invite", today(req));
    const token = await createLink(req.db, "invitation", { personId: account.id, by: req.actor.personId, at: req.now });
    const link = `${req.config.baseUrl}/password/${token}`;
    const words = req.t.accounts;
    if (account.email && req.config.smtpUrl) {
      await req.mail({ to: account.email, subject: words.invitation_subject, text: words.invitation_letter(account.name, account.username, link) });
      flash(req, words.invited(account.email));
      return res.redirect(303, `/people/${account.id}/account`);
    }
    showAccount(req, res, account, link); // without a mail server the link is handed over by hand
  });

  routes.post("/people/:id/suspension", "signed_in", async (req, res) => {
    const account = await openAccount(req.db, req.actor, idOf(req.params["id"]), "suspend", today(req));
    await saveState(req.db, account, "suspended", { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.accounts.suspended, "warn");
    res.redirect(303, `/people/${account.id}/account`);
  });

  routes.post("/people/:id/suspension-removal", "signed_in", async (req, res) => {
    const account = await openAccount(req.db, req.actor, idOf(req.params["id"]), "suspend", today(req));
    await saveState(req.db, account, "active", { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.accounts.restored);
    res.redirect(303, `/people/${account.id}/account`);
  });
}

function showAccount(req: Request, res: Response, account: AccountWithPlaces, link: string | undefined): void {
  res.page("accounts/account", accountPage(account, link, req.t), { title: req.t.accounts.account_of(account.name) });
}
