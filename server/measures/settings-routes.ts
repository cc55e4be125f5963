import type { Request, Response } from "express";
import { listYears } from "../calendar/store.ts";
import { thresholdWords } from "../ledger/say.ts";
import { LEVELS, PARTIAL_PERIODS, THRESHOLDS, type Level } from "../ledger/rules.ts";
import { definitionOn, LESSON_KINDS, listDefinitions, saveDefinition, type Definition } from "../ledger/store/definitions.ts";
import { openProvince } from "../organisation/access.ts";
import { dayOf, type Day } from "../platform/clock.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import { conflict } from "../platform/errors.ts";
import { isId } from "../platform/ids.ts";
import { isUniqueViolation } from "../platform/db.ts";
import { raise } from "../platform/jobs/queue.ts";
import { sayText } from "../platform/messages.ts";
import { blankForm, readForm, type FieldError, type Typed } from "../platform/web/form.ts";
import type { FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import type { ChoicesView, FieldView, OptionView, TableView } from "../shell/partials.ts";
import { yearAsked } from "./access.ts";
import { definitionChanged } from "./events.ts";
import { Asked, DefinitionForm, definitionTyped, fieldsOfDefinition, levelField, ownText, percentWriter, TargetsForm } from "./forms.ts";
import { openPreview } from "./preview/access.ts";
import { beginPreview } from "./preview/routes.ts";
import { rowOf, stampOf, targetPreviewRoutes } from "./preview/target-routes.ts";
import type { PreviewRow } from "./preview/store.ts";
import { COUNTERS } from "./rules.ts";
import type { TargetRow } from "./store/tables.ts";
import { listTargets, readTargets, saveTargets, TARGETS_OF_1027 } from "./store/targets.ts";

export interface SettingsPage {
  targets: { fields: FieldView[]; table: TableView };
  definition: { fields: FieldView[]; levels: LevelsView; partial: ChoicesView; kinds: ChoicesView; counter: ChoicesView; note: FieldView; versions: TableView };
  errors: { field: string; label: string; message: string }[];
}

/** Thresholds of school levels: a row a level, a column a threshold; an empty field is as for all. */
export interface LevelsView {
  open: boolean;
  columns: string[];
  rows: { label: string; cells: { name: string; label: string; short: string; value: string; placeholder: string; error: string | undefined }[] }[];
}

declare global {
  interface Views {
    "measures/level-thresholds": LevelsView;
    "measures/settings": SettingsPage;
  }
}

type Shown = { errors: readonly FieldError[]; typed: Typed };

/** What the province asks of its schools, and what it takes for evidence. Every change is a new version. */
export function settingsRoutes(routes: FeatureRoutes): void {
  routes.get("/measures/settings", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    const asked = req.query["proposal"];
    const proposal = isId(asked) ? await openPreview(req.db, req.actor, asked) : undefined;
    await showSettings(req, res, blankForm(proposal ? typedOf(proposal, req.lang) : targetsTyped(req.query)));
  });

  targetPreviewRoutes(routes, showSettings);

  routes.post("/measures/settings/targets", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    const form = readForm(TargetsForm, req.body);
    if (!form.ok) return showSettings(req, res.status(422), form);
    const { was, year } = form.value;
    const row = rowOf(form.value);
    await req.db.transaction(async (trx) => {
      if (was !== undefined && was !== stampOf(await readTargets(trx, year))) throw conflict("targets_moved");
      await saveTargets(trx, row, req.actor.personId, req.now);
    });
    flash(req, req.t.measures.settings.targets_saved);
    res.redirect(303, `/measures/settings?year=${year}`);
  });

  routes.post("/measures/settings/definition-previews", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    const form = readForm(DefinitionForm, req.body);
    if (!form.ok) return showSettings(req, res.status(422), form);
    await beginPreview(req, res, definitionTyped(form.value));
  });

  routes.post("/measures/settings/definitions", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    const form = readForm(DefinitionForm, req.body);
    if (!form.ok) return showSettings(req, res.status(422), form);
    const version = await req.db
      .transaction(async (trx) => {
        const saved = await saveDefinition(trx, definitionTyped(form.value), req.actor.personId, req.now);
        await raise(trx, definitionChanged, { version: saved, by: req.actor.personId }, req.now);
        return saved;
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? conflict() : error;
      });
    flash(req, req.t.measures.settings.saved(version));
    res.redirect(303, "/measures/settings");
  });
}

/** Targets that were looked at, back in their form. */
function targetsTyped(query: Request["query"]): Typed {
  return Object.fromEntries(["level", "online_share", "digitised", "source"].flatMap((name) => (typeof query[name] === "string" ? [[name, query[name].slice(0, 200)]] : [])));
}

/** A proposal that was looked at, back in the form. */
function typedOf({ proposal }: PreviewRow, lang: Lang): Typed {
  return { ...Object.fromEntries(fieldsOfDefinition(proposal, lang).map(({ name, value }) => [name, value])), lesson_kinds: [...proposal.lesson_kinds] };
}

async function showSettings(req: Request, res: Response, form: Shown): Promise<void> {
  const [versions, known] = await Promise.all([listDefinitions(req.db), listYears(req.db)]);
  const year = yearAsked(known, Asked.parse(req.query), req.now);
  const targets = await listTargets(req.db, year.id);
  const years = known.map((one) => ({ value: one.id, label: one.id }));
  const view: View = { t: req.t, f: req.f, field: fieldMaker(form, req.t), percent: percentWriter(req.lang) };
  const shown = targets.length > 0 ? targets : [{ ...TARGETS_OF_1027, year_id: year.id, level: "all" }];
  const targetFields = fieldsOfTargets(shown, year.id, years, view);
  const definition = definitionOf(versions, form, dayOf(req.now), view);
  const page: SettingsPage = {
    targets: { fields: targetFields, table: targetTable(shown, view) },
    definition,
    errors: [...targetFields, ...definition.fields, ...definition.levels.rows.flatMap((row) => row.cells)].flatMap((one) => (one.error ? [{ field: one.name, label: one.label, message: one.error }] : [])),
  };
  const crumbs = [{ href: "/measures", label: req.t.measures.table.title }];
  res.page("measures/settings", page, { title: req.t.measures.settings.title, crumbs });
}

interface View {
  t: Words;
  f: Formats;
  field: (field: FieldView) => FieldView;
  /** Basis points as people write them into a field: `2,5`. */
  percent: (bp: number) => string;
}

function fieldsOfTargets(shown: readonly TargetRow[], year: string, years: OptionView[], { t, field, percent }: View): FieldView[] {
  const words = t.measures.settings;
  const usual = shown.find((row) => row.level === "all") ?? TARGETS_OF_1027;
  const levels = Object.entries(t.access.levels).map(([value, label]) => ({ value, label }));
  const options = [{ value: "all", label: words.all_levels }, ...levels];
  const decimal = { inputmode: "decimal" } as const;
  return [
    field({ name: "year", label: t.measures.filters.year, kind: "select", value: year, options: years }),
    field({ name: "level", label: words.level, kind: "select", value: "all", options }),
    field({ name: "online_share", label: words.online_share, kind: "text", value: percent(usual.online_share_bp), attributes: decimal }),
    field({ name: "digitised", label: words.digitised, kind: "text", value: percent(usual.digitised_bp), attributes: decimal }),
    field({ name: "source", label: words.source, kind: "text", value: usual.source, attributes: { maxlength: 200 } }),
  ];
}

function targetTable(shown: readonly TargetRow[], { t, f }: View): TableView {
  const words = t.measures.settings;
  return {
    caption: words.current_targets,
    columns: [{ label: words.level }, { label: words.online_share, number: true }, { label: words.digitised, number: true }, { label: words.source }],
    rows: shown.map((row) => [
      { text: row.level === "all" ? words.all_levels : (t.access.levels[row.level] ?? row.level) },
      { text: f.basisPoints(row.online_share_bp) },
      { text: f.basisPoints(row.digitised_bp) },
      { text: row.source },
    ]),
  };
}

/** The form for a next version starts from the version in force; what was typed wrongly stays in it. */
function definitionOf(versions: readonly Definition[], form: Shown, today: Day, { t, f, field, percent }: View): SettingsPage["definition"] {
  const words = t.measures.settings;
  const current = definitionOn(versions, today);
  const chosen = form.typed["lesson_kinds"] ?? current.lesson_kinds;
  const counter = form.typed["digitised_counter"] ?? current.digitised_counter;
  const partial = form.typed["partial_periods"] ?? current.partial_periods;
  const { version, from, text, note, counter: counts } = words.version_columns;
  return {
    fields: [
      field({ name: "valid_from", label: words.valid_from, kind: "date", value: today }),
      ...THRESHOLDS.map((name) =>
        field({ name, label: words[name], kind: "text", value: percent(current.thresholds[name]), attributes: { inputmode: "decimal" } }),
      ),
    ],
    levels: levelsOf(current, { t, f, field, percent }),
    partial: {
      ...{ kind: "radio", name: "partial_periods", legend: words.partial_periods },
      options: PARTIAL_PERIODS.map((one) => ({ value: one, ...words.partial[one], selected: partial === one })),
    },
    kinds: {
      ...{ kind: "checkbox", name: "lesson_kinds", legend: words.lesson_kinds, inline: true },
      options: LESSON_KINDS.map((kind) => ({ value: kind, label: t.measures.definition.kind_names[kind], selected: chosen.includes(kind) })),
    },
    counter: {
      ...{ kind: "radio", name: "digitised_counter", legend: words.digitised_counter, hint: words.digitised_counter_hint },
      options: COUNTERS.map((one) => ({ value: one, label: words.counters[one], selected: counter === one })),
    },
    note: field({ name: "note", label: words.note, kind: "textarea", required: false, value: "", attributes: { maxlength: 2000, rows: 3 } }),
    versions: {
      caption: words.versions,
      columns: [{ label: version }, { label: from }, { label: text }, { label: counts }, { label: note }],
      rows: versions.map((one) => [{ text: String(one.version) }, { text: f.day(one.valid_from) }, { text: thresholdWords(one, LEVELS, t, f) }, { text: words.counters[one.digitised_counter] }, { text: one.note }]),
    },
  };
}

function levelsOf(current: Definition, { t, field, percent }: View): LevelsView {
  const words = t.measures.settings;
  const cellOf = (level: Level, name: (typeof THRESHOLDS)[number]) => {
    const label = t.ledger.period.of_levels(t.ledger.period.levels[level], words[name]);
    const { value = "", error } = field({ name: levelField(level, name), label, kind: "text", value: ownText(current.levels[level]?.[name], percent) });
    return { name: levelField(level, name), label, short: words.short[name], value, placeholder: percent(current.thresholds[name]), error };
  };
  const rows = LEVELS.map((level) => ({ label: t.ledger.period.levels[level], cells: THRESHOLDS.map((name) => cellOf(level, name)) }));
  return { open: rows.some((row) => row.cells.some((cell) => cell.value !== "" || cell.error !== undefined)), columns: THRESHOLDS.map((name) => words.short[name]), rows };
}

/** A field with what was typed and what is wrong with it. */
function fieldMaker(form: Shown, t: Words): (field: FieldView) => FieldView {
  return (field) => {
    const error = form.errors.find((one) => one.field === field.name);
    const typed = form.typed[field.name];
    return {
      ...field,
      value: typeof typed === "string" ? typed : field.value,
      error: error ? sayText(t.platform.fields, error.code, error.params) : undefined,
    };
  };
}
