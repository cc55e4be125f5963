import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import { z } from "zod";
import { isDay } from "../calendar/rules.ts";
import { openMeasures } from "../measures/access.ts";
import { invalid, notFound } from "../platform/errors.ts";
import { sayText } from "../platform/messages.ts";
import { readForm } from "../platform/web/form.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import { openFigures } from "./access.ts";
import { openapi } from "./openapi.ts";
import { openFigureRoutes, publicProgressRoutes } from "./progress/routes.ts";
import { readQuestion, RESOURCES } from "./resources.ts";
import { measuresAnswer } from "./schema.ts";
import { CSV_TABLES, csvLines } from "./tables.ts";
import { listTokens, revokeToken, saveToken } from "./store.ts";

export interface TokensPage {
  tokens: { id: string; name: string; created: string; expires: string; revoked: boolean }[];
  error: string | undefined;
  typed: string;
}

declare global {
  interface Views {
    "api/tokens": TokensPage;
  }
}

/** A program is told what is wrong; a page would forgive it. */
const Query = z.object({
  year: z.string().regex(/^\d{4}-\d{4}$/).optional(),
  date: z.string().refine(isDay).optional(),
  campus: z.string().regex(/^[0-9a-z]{26}$/).optional(),
});

const TokenForm = z.strictObject({ name: z.string().trim().min(1).max(80) });

export function apiRoutes(): FeatureRoutes {
  const routes = featureRoutes();

  routes.get("/api/v1/openapi.json", "public", (_req, res) => {
    res.json(openapi);
  });

  routes.get("/api/v1/schools/:id/measures", "token", async (req, res) => {
    const query = Query.safeParse(req.query);
    const opened = await openMeasures(req.db, req.actor, idOf(req.params["id"]), req.query, req.now);
    if (!query.success) throw invalid();
    if (query.data.campus !== undefined && opened.measures.scope.campus_id === undefined) throw notFound();
    res.json(measuresAnswer(opened));
  });

  for (const one of RESOURCES)
    routes.get(`/api/v1/units/:id/${one.path}`, "token", async (req, res) => {
      const opened = await openFigures(req.db, req.actor, idOf(req.params["id"]), req.now);
      res.json(await one.read(req.db, await readQuestion(req.db, one.asks, opened, req.query, req.now)));
    });

  for (const table of CSV_TABLES)
    routes.get(`/api/v1/units/:id/tables/${table.name}.csv`, "token", async (req, res) => {
      const opened = await openFigures(req.db, req.actor, idOf(req.params["id"]), req.now);
      const asked = await readQuestion(req.db, table.asks, opened, req.query, req.now);
      res.attachment(`${table.name}-${opened.unit.code || "unit"}-${asked.year.id}.csv`).type("text/csv; charset=utf-8");
      await pipeline(Readable.from(csvLines(table, req.db, asked)), res).catch((error: unknown) => {
        if (!res.destroyed || !isGone(error)) throw error; // who went away in the middle needs no answer
      });
    });

  openFigureRoutes(routes);
  publicProgressRoutes(routes);

  routes.get("/api-tokens", "signed_in", (req, res) => showTokens(req, res));

  routes.post("/api-tokens", "signed_in", async (req, res) => {
    const form = readForm(TokenForm, req.body);
    if (!form.ok) {
      const first = form.errors[0];
      const error = first && sayText(req.t.platform.fields, first.code, first.params);
      return showTokens(req, res.status(422), { error, typed: String(form.typed["name"] ?? "") });
    }
    const token = await saveToken(req.db, { personId: req.actor.personId, name: form.value.name, at: req.now });
    flash(req, req.t.api.created(token));
    res.redirect(303, "/api-tokens");
  });

  routes.post("/api-tokens/:id/revocation", "signed_in", async (req, res) => {
    if (!(await revokeToken(req.db, req.actor.personId, idOf(req.params["id"]), req.now))) throw notFound();
    flash(req, req.t.api.revoked);
    res.redirect(303, "/api-tokens");
  });

  return routes;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

async function showTokens(req: Request, res: Response, form: { error: string | undefined; typed: string } = { error: undefined, typed: "" }): Promise<void> {
  const tokens = (await listTokens(req.db, req.actor.personId)).map(({ id, name, created_at, expires_at, revoked_at }) => ({
    ...{ id, name, created: req.f.stamp(created_at), expires: req.f.stamp(expires_at), revoked: revoked_at !== null },
  }));
  res.page("api/tokens", { tokens, ...form }, { title: req.t.api.title });
}
