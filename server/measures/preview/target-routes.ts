import type { Request, Response } from "express";
import type { z } from "zod";
import { definitionOn, listDefinitions } from "../../ledger/store/definitions.ts";
import { openProvince } from "../../organisation/access.ts";
import { dayOf } from "../../platform/clock.ts";
import { groupBy } from "../../platform/group.ts";
import { TABLE_FORMATS } from "../../platform/table-file.ts";
import { lessons } from "../../platform/units.ts";
import { readForm, type FieldError, type Typed } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { sendTables } from "../../platform/web/send-tables.ts";
import { percentWriter, TargetsForm } from "../forms.ts";
import { filesOf } from "../outlook/pages.ts";
import { listSubjectSums } from "../store/figures.ts";
import { listTargets, targetsOf } from "../store/targets.ts";
import type { TargetRow } from "../store/tables.ts";
import { changedTable, levelsTable, previewFile, type NamedChange } from "./pages.ts";
import { changeOf, changes, judge } from "./rules.ts";
import { SHOWN_MAX } from "./routes.ts";

type Refuse = (req: Request, res: Response, form: { errors: readonly FieldError[]; typed: Typed }) => Promise<void>;

/**
 * Targets as somebody would have them, and which schools would meet them. The evidence stays as it was counted, so nothing
 * is counted anew: the sums that stand are judged twice, and the proposal lives in the address.
 */
export function targetPreviewRoutes(routes: FeatureRoutes, refuse: Refuse): void {
  routes.get("/measures/settings/target-preview", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    const form = readForm(TargetsForm, req.query);
    if (!form.ok) return refuse(req, res.status(422), form);
    await showTargetPreview(req, res, form.value);
  });

  for (const format of TABLE_FORMATS) {
    routes.get(`/measures/settings/target-preview.${format}`, "signed_in", async (req, res) => {
      await openProvince(req.db, req.actor);
      const form = readForm(TargetsForm, req.query);
      if (!form.ok) return refuse(req, res.status(422), form);
      await sendTables(res, format, `xem-truoc-chi-tieu-${form.value.year}`, [previewFile((await compare(req, rowOf(form.value))).rows, req.t)]);
    });
  }
}

type Proposed = z.infer<typeof TargetsForm>;

export function rowOf({ year, level, online_share, digitised, source }: Proposed): TargetRow {
  return { year_id: year, level, online_share_bp: online_share, digitised_bp: digitised, source };
}

/** What the targets of a year were when they were looked at: saved only on top of the same. */
export function stampOf(rows: readonly TargetRow[]): string {
  return rows.map((row) => `${row.level}:${row.online_share_bp}:${row.digitised_bp}`).sort().join(",");
}

async function compare(req: Request, proposed: TargetRow): Promise<{ current: readonly TargetRow[]; rows: NamedChange[] }> {
  const [current, sums, versions] = await Promise.all([listTargets(req.db, proposed.year_id), listSubjectSums(req.db, proposed.year_id, dayOf(req.now)), listDefinitions(req.db)]);
  const counter = definitionOn(versions, dayOf(req.now)).digitised_counter;
  const then = [...current.filter((row) => row.level !== proposed.level), proposed];
  const rows = [...groupBy(sums, (one) => one.school_id).values()].flatMap((own): NamedChange[] => {
    const [school] = own;
    if (school === undefined) return [];
    const planned = own.reduce((sum, one) => sum + one.periods, 0);
    const subjects = own.map((one) => ({ subject: one.subject_code, coverage: { planned: lessons(one.lessons), covered: lessons(one.covered), own: lessons(one.own) } }));
    const held = { counted: school.counted, planned, subjects };
    const [was, after] = [current, then].map((targets) => judge(held, targetsOf(targets, school.level), counter));
    if (was === undefined || after === undefined) return [];
    return [{ school_id: school.school_id, name: school.name, ...changeOf({ level: school.level, planned }, was, after) }];
  });
  return { current, rows };
}

async function showTargetPreview(req: Request, res: Response, form: Proposed): Promise<void> {
  const { t, f } = req;
  const [words, settings] = [t.preview.targets, t.measures.settings];
  const proposed = rowOf(form);
  const { current, rows } = await compare(req, proposed);
  const [now, then] = [targetsOf(current, form.level), targetsOf([proposed], form.level)];
  const percent = percentWriter(req.lang);
  const level = form.level === "all" ? settings.all_levels : (t.access.levels[form.level] ?? form.level);
  const changed = rows.filter(changes);
  const isSame = now.online === then.online && now.digitised === then.digitised && now.source === then.source && current.some((row) => row.level === form.level);
  const query = { year: form.year, level: form.level, online_share: percent(form.online_share), digitised: percent(form.digitised), source: form.source };
  const { columns } = t.preview.settings;
  res.page(
    "measures/target-preview",
    {
      head: { title: words.title, eyebrow: level, lead: words.lead(form.year) },
      settings: {
        caption: t.preview.settings.caption,
        columns: [{ label: columns.what }, { label: columns.was, number: true }, { label: columns.then, number: true }],
        rows: [
          [{ text: settings.online_share }, { text: f.basisPoints(now.online) }, { text: f.basisPoints(then.online) }],
          [{ text: settings.digitised }, { text: f.basisPoints(now.digitised) }, { text: f.basisPoints(then.digitised) }],
          [{ text: settings.source }, { text: now.source }, { text: then.source }],
        ],
      },
      same: isSame ? words.same : undefined,
      levels: rows.length === 0 ? undefined : levelsTable(rows, t, f),
      changed: changed.length === 0 ? undefined : changedTable(changed.slice(0, SHOWN_MAX), t, f),
      cut: changed.length > SHOWN_MAX ? t.preview.schools.cut(f.number(SHOWN_MAX)) : undefined,
      empty: words.empty(form.year),
      save: isSame ? undefined : { action: "/measures/settings/targets", label: words.save, fields: [...Object.entries(query).map(([name, value]) => ({ name, value })), { name: "was", value: stampOf(current) }] },
      back: { href: `/measures/settings?${new URLSearchParams(query).toString()}`, label: t.preview.back, icon: "undo-2" },
      files: filesOf("/measures/settings/target-preview", query, t),
    },
    { title: words.title, crumbs: [{ href: "/measures", label: t.measures.table.title }, { href: `/measures/settings?year=${form.year}`, label: settings.title }], wide: true },
  );
}
