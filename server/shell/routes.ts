import { z } from "zod";
import { invalid } from "../platform/errors.ts";
import { LANGS } from "../platform/i18n.ts";
import { readForm } from "../platform/web/form.ts";
import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { ownPath } from "../platform/web/own-path.ts";
import { savePreferences } from "./store.ts";

const THEMES = ["auto", "light", "dark"] as const;

const PreferencesForm = z.strictObject({
  language: z.enum(LANGS).optional(),
  theme: z.enum(THEMES).optional(),
  back: z.string().max(500).optional(),
});

/** Language and theme, for a visitor as long as the session lives, for a person who signed in wherever she signs in. */
export function shellRoutes(): FeatureRoutes {
  const routes = featureRoutes();

  routes.post("/preferences", "public", async (req, res) => {
    const form = readForm(PreferencesForm, req.body);
    if (!form.ok) throw invalid("invalid");
    const { language, theme, back } = form.value;
    if (language !== undefined) req.session.lang = language;
    if (req.visitor) await savePreferences(req.db, req.visitor.personId, { language, theme });
    else if (theme !== undefined) req.session.theme = theme;
    res.redirect(303, ownPath(back));
  });

  return routes;
}

declare module "express-session" {
  interface SessionData {
    theme?: (typeof THEMES)[number];
  }
}
