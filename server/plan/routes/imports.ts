import { readFile } from "node:fs/promises";
import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { openSchool } from "../../organisation/access.ts";
import { listSubjects } from "../../organisation/store/groups.ts";
import { conflict, invalid, Refusal } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { sayText } from "../../platform/messages.ts";
import { fold } from "../../platform/text.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads, type ReceivedFile } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import type { NoticeView } from "../../shell/partials.ts";
import { openImport, openPlan, type PlanPlace } from "../access.ts";
import { readRows, rowErrors, type RowsSent } from "../forms.ts";
import { listsOf, pickList } from "../import/lists.ts";
import { readPlanFile } from "../import/read.ts";
import { planName } from "../pages/plan.ts";
import { previewPage, previewRows, sayDoubt } from "../pages/preview.ts";
import { errorList, typedViews, type RowView } from "../pages/rows.ts";
import { keepIds } from "../rules/changes.ts";
import type { PlanRow } from "../rules.ts";
import * as store from "../store/imports.ts";
import { findPlanOf, listLessons, nationalPeriods, type PlanKey } from "../store/plans.ts";
import { crumbsOf, placeOf, showNew } from "./plans.ts";
import { actOf, speechOf } from "./speech.ts";

/** Plan files are small; a larger one is a mistake. */
const FILE_BYTES_MAX = 20_000_000;

export function addImports(routes: FeatureRoutes): void {
  routes.post("/schools/:id/plan-imports", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
    const rules = { store: req.blobs, field: "file", filesMax: 1, bytesMax: Math.min(FILE_BYTES_MAX, req.config.uploadMaxBytes), accept: new Set(["docx", "xlsx"]) };
    await withUploads(req, res, rules, async ({ fields, files, refused }) => {
      const place = await placeOf(req, school, fields);
      const [file] = files;
      if (file) return takeFile(req, res, place, file);
      const reason = refused[0];
      const fileError = reason ? sayText(req.t.platform.files, reason.code, reason.params) : req.t.plan.no_file;
      await showNew(req, res.status(422), place, { fileError });
    });
  });

  routes.get("/plan-imports/:id", "signed_in", async (req, res) => {
    const file = await openImport(req.db, req.actor, idOf(req.params["id"]));
    if (file.state !== "preview") return leave(req, res, file);
    await showPreview(req, res, file, {});
  });

  routes.post("/plan-imports/:id/list", "signed_in", async (req, res) => {
    const file = await openImport(req.db, req.actor, idOf(req.params["id"]));
    const chosen = Number(req.body?.list);
    if (!Number.isInteger(chosen) || file.data.lists[chosen] === undefined) throw invalid();
    await store.saveImport(req.db, file, file.revision, { ...file.data, chosen });
    res.redirect(303, `/plan-imports/${file.id}`);
  });

  routes.post("/plan-imports/:id", "signed_in", async (req, res) => {
    const file = await openImport(req.db, req.actor, idOf(req.params["id"]));
    const sent = readRows(req.body);
    if (!sent) throw invalid();
    if (file.state !== "preview") throw conflict("import_changed");
    if (sent.revision !== file.revision) return showOvertaken(req, res, file, sent);
    await (sent.act.name === "check" ? keepCorrections(req, res, file, sent) : saveDraft(req, res, file, sent));
  });
}

/** Reads the file that came, or says why it could not be read. */
async function takeFile(req: Request, res: Response, place: Granted<"edit", PlanPlace>, file: ReceivedFile): Promise<void> {
  try {
    const read = await readPlanFile(await readFile(file.path), file.name);
    const lists = listsOf(read.sections);
    if (lists.length === 0) {
      const notice: NoticeView = { kind: "bad", title: req.t.plan.nothing_found, text: req.t.plan.nothing_found_text };
      return await showNew(req, res.status(422), place, { notice });
    }
    await req.blobs.adopt(file);
    const { year_id: yearId, campus_id: campusId, subject_code: subjectCode, grade } = place;
    const data = { yearId, campusId, subjectCode, grade, fileKind: read.kind, chosen: pickList(lists, place), lists, skipped: read.skipped.length };
    const id = await store.createImport(req.db, place, { hash: file.hash, size: file.size, name: file.name, mime: file.kind.mime }, data, actOf(req));
    res.redirect(303, `/plan-imports/${id}`);
  } catch (error) {
    if (!(error instanceof Refusal) || !error.key.startsWith("file_")) throw error;
    await showNew(req, res.status(error.status), place, { fileError: sayText(req.t.platform.refusals, error.key, error.params) });
  }
}

/** 409 with everything that was typed: saving once more goes over what the other person corrected. */
async function showOvertaken(req: Request, res: Response, file: store.PlanImport, sent: RowsSent): Promise<void> {
  const notice: NoticeView = { kind: "warn", title: req.t.plan.conflict_title, text: req.t.plan.overtaken };
  await showPreview(req, res.status(409), file, { sent: { ...sent, revision: file.revision }, errors: sent.errors, notice });
}

async function leave(req: Request, res: Response, file: store.PlanImport): Promise<void> {
  const plan = await findPlanOf(req.db, keyOf(file));
  flash(req, req.t.plan.already_done, "warn");
  res.redirect(303, plan ? `/plans/${plan.id}` : `/schools/${file.school_id}/plans`);
}

function keyOf(file: store.PlanImport): PlanKey {
  const { campusId, yearId, subjectCode, grade } = file.data;
  return { school_id: file.school_id, campus_id: campusId, year_id: yearId, subject_code: subjectCode, grade };
}

/** Keeps what was corrected and shows the sums anew. Rows may still be incomplete. */
async function keepCorrections(req: Request, res: Response, file: Granted<"edit", store.PlanImport>, sent: RowsSent): Promise<void> {
  if (sent.errors.length > 0) return showPreview(req, res.status(422), file, { sent, errors: sent.errors });
  await store.saveImport(req.db, file, sent.revision, corrected(file, sent));
  flash(req, req.t.plan.checked);
  res.redirect(303, `/plan-imports/${file.id}`);
}

/** The rows that are taken become the plan, as a draft or in place of the rows that stood there. */
async function saveDraft(req: Request, res: Response, file: Granted<"edit", store.PlanImport>, sent: RowsSent): Promise<void> {
  const taken = sent.rows.filter((row) => row.include);
  const left = new Set(sent.rows.filter((row) => !row.include).map((row) => row.id));
  const errors = [...sent.errors.filter(({ field }) => !left.has(field.split(".")[1] ?? "")), ...rowErrors(taken)];
  if (errors.length > 0) return showPreview(req, res.status(422), file, { sent, errors });
  if (taken.length === 0) return showPreview(req, res.status(422), file, { sent, errors: [], notice: { kind: "bad", text: req.t.plan.rows_chosen } });
  const found = await findPlanOf(req.db, keyOf(file));
  const plan = found && (await openPlan(req.db, req.actor, found.id, "edit"));
  const before = plan ? await listLessons(req.db, plan.id) : [];
  const fresh = taken.map(({ include: _include, periods, ...row }): PlanRow => ({ ...row, id: newId(), periods: periods ?? 0 }));
  const rows = keepIds(before, fresh, fold);
  const id = await store.finishImport(req.db, file, sent.revision, { key: keyOf(file), plan, rows, data: corrected(file, sent) }, actOf(req));
  const sum = rows.reduce((total, row) => total + row.periods, 0);
  flash(req, req.t.plan.imported(req.f.number(rows.length), req.f.number(sum)));
  res.redirect(303, `/plans/${id}`);
}

/** The list as it stands after what was typed; a doubt about a field that was changed is settled by that. */
function corrected(file: store.PlanImport, sent: RowsSent): store.ImportData {
  const list = file.data.lists[file.data.chosen];
  const typed = new Map(sent.rows.map((row) => [row.id, row]));
  const rows = (list?.rows ?? []).map((row): store.ImportRow => {
    const now = typed.get(row.key);
    if (now === undefined) return row;
    const { id: _id, ...fields } = now;
    const settled = new Set<string | undefined>();
    if (fields.periods !== row.periods) settled.add("periods");
    if (fields.week_from !== row.week_from || fields.week_to !== row.week_to) settled.add("week");
    if (fields.planned_mode !== row.planned_mode) settled.add("planned_mode");
    if (fields.title !== row.title) settled.add("title");
    const answered = fields.include && !row.include;
    return { ...row, ...fields, doubts: row.doubts.filter((doubt) => !settled.has(doubt.field) && !(answered && doubt.code === "unknown_row")) };
  });
  const lists = file.data.lists.map((own, i) => (i === file.data.chosen ? { ...own, rows } : own));
  return { ...file.data, lists };
}

interface Shown {
  sent?: RowsSent;
  errors?: RowsSent["errors"];
  notice?: NoticeView;
}

async function showPreview(req: Request, res: Response, file: store.PlanImport, shown: Shown): Promise<void> {
  const speech = speechOf(req);
  const [subjects, national, exists] = await Promise.all([listSubjects(req.db), nationalPeriods(req.db, file.data.subjectCode, file.data.grade), findPlanOf(req.db, keyOf(file))]);
  const nameOf = (code: string): string => {
    const subject = subjects.find((own) => own.code === code);
    return (req.lang === "vi" ? subject?.name_vi : subject?.name_en) ?? code;
  };
  const list = file.data.lists[file.data.chosen];
  if (!list) throw invalid();
  const { sent } = shown;
  const rows = sent ? typedRows(req, list, sent, shown.errors ?? []) : previewRows(speech, list);
  const name = planName(speech, { subject: { name_vi: file.name_vi ?? nameOf(file.data.subjectCode), name_en: file.name_en ?? nameOf(file.data.subjectCode) }, grade: file.data.grade });
  const kept = sent ? { ...file, revision: sent.revision } : file;
  const page = previewPage(speech, { file: kept, name, national, nameOf, rows, errors: errorList(speech, rows), notice: shown.notice, exists: exists !== undefined });
  const crumbs = crumbsOf(req, { school: file.school, year_id: file.data.yearId }, name);
  res.page("plan/preview", page, { title: page.head.title, crumbs, scripts: ["js/plan-editor.js"], wide: true });
}

function typedRows(req: Request, list: store.ImportList, sent: RowsSent, errors: RowsSent["errors"]): RowView[] {
  const speech = speechOf(req);
  const source = new Map(list.rows.map((row) => [row.key, row]));
  return typedViews(speech, sent.typed, errors, (key) => {
    const row = source.get(key);
    return {
      include: sent.typed[`include.${key}`] === "yes",
      place: row ? req.t.plan.place(row.place.table, row.place.row) : "",
      remarks: row?.doubts.map((doubt) => sayDoubt(speech, doubt)) ?? [],
      state: row && row.doubts.length > 0 ? "warn" : undefined,
    };
  });
}

