import type { Request, Response } from "express";
import { listYears, yearIn } from "../../calendar/store.ts";
import { definitionOn, listDefinitions, type NewDefinition } from "../../ledger/store/definitions.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { TABLE_FORMATS } from "../../platform/table-file.ts";
import { sendTables } from "../../platform/web/send-tables.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { ProgressView } from "../../shell/partials.ts";
import { fieldsOfDefinition } from "../forms.ts";
import { filesOf } from "../outlook/pages.ts";
import { openPreview } from "./access.ts";
import { changes } from "./rules.ts";
import { changedTable, levelsTable, previewFile, settingsTable, type PreviewPage } from "./pages.ts";
import { countPreviewSchools, countSchoolsOf, createPreview, listPreviewSchools, listUncounted, type PreviewRow } from "./store.ts";

export const SHOWN_MAX = 100;
const MISSED_NAMED = 20;

/** A definition as somebody would have it: what it would change on real data, before it is saved. */
export function previewRoutes(routes: FeatureRoutes): void {
  routes.get("/measures/definition-previews/:id", "signed_in", async (req, res) => {
    await showPreview(req, res, await openPreview(req.db, req.actor, idOf(req.params["id"])));
  });

  routes.get("/measures/definition-previews/:id/progress", "signed_in", async (req, res) => {
    const preview = await openPreview(req.db, req.actor, idOf(req.params["id"]));
    const { label, value, text } = barOf(preview, await countPreviewSchools(req.db, preview.id), req);
    res.json({ running: preview.state === "running", label, value, text });
  });

  for (const format of TABLE_FORMATS) {
    routes.get(`/measures/definition-previews/:id/schools.${format}`, "signed_in", async (req, res) => {
      const preview = await openPreview(req.db, req.actor, idOf(req.params["id"]));
      await sendTables(res, format, `xem-truoc-${preview.year_id}`, [previewFile(await listPreviewSchools(req.db, preview.id), req.t)]);
    });
  }
}

/** Keeps a proposal, lets it be counted, and leads to its page. */
export async function beginPreview(req: Request, res: Response, proposal: NewDefinition): Promise<void> {
  const year = yearIn(await listYears(req.db), dayOf(req.now));
  if (year === undefined) throw notFound();
  const [versions, schools] = await Promise.all([listDefinitions(req.db), countSchoolsOf(req.db, year.id)]);
  const id = await createPreview(req.db, { year_id: year.id, against: versions[0]?.version ?? 0, proposal, schools }, req.actor.personId, req.now);
  res.redirect(303, `/measures/definition-previews/${id}`);
}

function barOf({ schools }: PreviewRow, counted: number, { t, f }: Request): ProgressView {
  const words = t.preview;
  return { label: words.counting, value: counted, max: Math.max(1, schools), text: words.progress(f.number(counted), f.number(schools)) };
}

async function showPreview(req: Request, res: Response, preview: PreviewRow): Promise<void> {
  const { t, f } = req;
  const words = t.preview;
  const [versions, rows] = await Promise.all([listDefinitions(req.db), listPreviewSchools(req.db, preview.id)]);
  const { proposal } = preview;
  const path = `/measures/definition-previews/${preview.id}`;
  const settings = settingsTable(preview, definitionOn(versions, dayOf(req.now)), t, f);
  const stale = versions[0]?.version !== preview.against;
  const changed = rows.filter(changes);
  const running = preview.state === "running";
  const missed = running || rows.length >= preview.schools ? [] : await listUncounted(req.db, preview, { most: MISSED_NAMED });
  const page: PreviewPage = {
    head: { title: words.title, lead: words.lead(f.day(proposal.valid_from), preview.year_id) },
    settings,
    stale,
    missed: missed.length === 0 ? undefined : words.missed(f.number(preview.schools - rows.length), [...missed.map((school) => school.name), ...(preview.schools - rows.length > missed.length ? ["…"] : [])].join(", ")),
    progress: running ? { bar: barOf(preview, rows.length, req), src: `${path}/progress` } : undefined,
    levels: rows.length === 0 ? undefined : levelsTable(rows, t, f),
    changed: changed.length === 0 ? undefined : changedTable(changed.slice(0, SHOWN_MAX), t, f),
    cut: changed.length > SHOWN_MAX ? words.schools.cut(f.number(SHOWN_MAX)) : undefined,
    save:
      running || stale || settings === undefined
        ? undefined
        : {
            action: "/measures/settings/definitions",
            label: words.save,
            fields: fieldsOfDefinition(proposal, req.lang),
          },
    back: { href: `/measures/settings?proposal=${preview.id}`, label: words.back, icon: "undo-2" },
    files: filesOf(`${path}/schools`, {}, t),
  };
  const crumbs = [{ href: "/measures", label: t.measures.table.title }, { href: "/measures/settings", label: t.measures.settings.title }];
  res.page("measures/definition-preview", page, { title: words.title, crumbs, wide: true, scripts: ["js/job-progress.js"] });
}
