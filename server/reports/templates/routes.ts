import { buffer } from "node:stream/consumers";
import { readFile } from "node:fs/promises";
import type { Request, Response } from "express";
import { listStaffNames } from "../../ledger/store/periods.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { officeKind, readFiles } from "../../platform/office-zip.ts";
import { findBlob, saveBlob } from "../../platform/storage/store.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { withUploads } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import type { ActView, BadgeView, CellView, FieldView, FileRowView, PageHeadView, TableView } from "../../shell/partials.ts";
import { openDepartment, openTemplate } from "../access.ts";
import { problemsOf, BLOCK_FIELDS, LINE_FIELDS, REQUIRED } from "./fields.ts";
import { KINDS, listTemplates, saveTemplate, withdrawTemplate, type TemplateRow } from "./store.ts";
import { builtIn } from "./word.ts";

type Kind = (typeof KINDS)[number];

export interface TemplatesPage {
  head: PageHeadView;
  errors: { field: string; label: string; message: string }[];
  kinds: { title: string; badge: BadgeView; action: string; field: FieldView; withdraw: ActView | undefined; versions: FileRowView[] }[];
  fields: { title: string; table: TableView };
}

declare global {
  interface Views {
    "reports/templates": TemplatesPage;
  }
}

/** A template is a letterhead and some sentences: what is larger holds pictures that no report needs. */
const BYTES_MAX = 2_000_000;

/** The department's own templates for the Word files of reports. */
export function templateRoutes(routes: FeatureRoutes): void {
  routes.get("/report-templates", "signed_in", async (req, res) => showTemplates(req, res, await openDepartment(req.db, req.actor), undefined));

  routes.get("/report-templates/built-in", "signed_in", async (req, res) => {
    await openDepartment(req.db, req.actor);
    res.attachment("mau-bao-cao.docx").send(await builtIn());
  });

  routes.post("/report-templates/:kind", "signed_in", async (req, res) => {
    const unit = await openDepartment(req.db, req.actor);
    const kind = KINDS.find((one) => one === req.params["kind"]);
    if (kind === undefined) throw notFound();
    const rules = { store: req.blobs, field: `file.${kind}`, filesMax: 1, bytesMax: BYTES_MAX, accept: new Set(["docx"]) };
    await withUploads(req, res, rules, async ({ files, refused }) => {
      const [file, no] = [files[0], refused[0]];
      if (no) return showTemplates(req, res.status(422), unit, { kind, message: sayText(req.t.platform.files, no.code, no.params) });
      if (file === undefined) return showTemplates(req, res.status(422), unit, { kind, message: sayText(req.t.platform.fields, "required", {}) });
      const bytes = await readFile(file.path);
      await officeKind(bytes); // its sizes are judged before anything is unpacked
      const problems = problemsOf(await readFiles(bytes));
      if (problems.length > 0) return showTemplates(req, res.status(422), unit, { kind, message: problems.map(({ code, fields }) => req.t.reports.templates.problems[code](fields.join(", "))).join(" ") });
      await saveBlob(req.db, { ...(await req.blobs.adopt(file)), mime: file.kind.mime }, req.now);
      await saveTemplate(req.db, unit, kind, file, { by: req.actor.personId, at: req.now, requestId: req.id });
      flash(req, req.t.reports.templates.saved);
      res.redirect(303, "/report-templates");
    });
  });

  routes.get("/report-template-versions/:id/file", "signed_in", async (req, res) => {
    const template = await openTemplate(req.db, req.actor, idOf(req.params["id"]));
    const file = await findBlob(req.db, template.blob_hash);
    if (file === undefined) throw notFound();
    await sendBlob(req, res, req.blobs, { ...file, name: template.file_name, show: "attachment" });
  });

  routes.post("/report-template-versions/:id/withdrawal", "signed_in", async (req, res) => {
    const template = await openTemplate(req.db, req.actor, idOf(req.params["id"]));
    const newest = (await listTemplates(req.db, { id: template.unit_id })).find((one) => one.kind === template.kind);
    if (newest?.id !== template.id) throw conflict();
    await withdrawTemplate(req.db, template, { by: req.actor.personId, at: req.now, requestId: req.id });
    flash(req, req.t.reports.templates.withdrawn);
    res.redirect(303, "/report-templates");
  });
}

async function showTemplates(req: Request, res: Response, unit: UnitRow, wrong: { kind: Kind; message: string } | undefined): Promise<void> {
  const { t, f } = req;
  const words = t.reports.templates;
  const found = await listTemplates(req.db, unit);
  const names = await listStaffNames(req.db, found.map((one) => one.uploaded_by));
  const page: TemplatesPage = {
    head: { title: words.title, eyebrow: unit.name, lead: words.lead, actions: [{ href: "/report-templates/built-in", label: words.built_in, icon: "download" }] },
    errors: wrong ? [{ field: `file.${wrong.kind}`, label: titleOf(wrong.kind, t), message: wrong.message }] : [],
    kinds: KINDS.map((kind) => {
      const versions = found.filter((one) => one.kind === kind);
      const newest = versions[0]?.withdrawn_at === null ? versions[0] : undefined;
      return {
        title: titleOf(kind, t),
        badge: newest ? { label: words.in_use(newest.version), tone: "good" } : { label: words.none, tone: "neutral" },
        action: `/report-templates/${kind}`,
        field: { name: `file.${kind}`, label: words.file, kind: "file", required: true, hint: words.hint(f.bytes(BYTES_MAX)), error: wrong?.kind === kind ? wrong.message : undefined, attributes: { accept: ".docx" } },
        withdraw: newest ? { action: `/report-template-versions/${newest.id}/withdrawal`, label: words.withdraw, icon: "undo-2", confirm: words.withdraw_confirm } : undefined,
        versions: versions.map((one) => ({ name: one.file_name, icon: "file-text", detail: words.version(one.version, names.get(one.uploaded_by) ?? "", f.moment(one.uploaded_at)), href: `/report-template-versions/${one.id}/file` })),
      };
    }),
    fields: { title: words.fields_title, table: { caption: words.fields_title, columns: [{ label: words.columns.field }, { label: words.columns.what }, { label: words.columns.how }], rows: [...LINE_FIELDS, ...BLOCK_FIELDS].map((name) => fieldCells(name, t)), phones: "stack" } },
  };
  res.page("reports/templates", page, { title: words.title, crumbs: [{ href: "/report-board", label: t.reports.board }] });
}

/** A term is reported in the form of half a year, a calendar year in that of a year (`templateKindOf`): such a template is named after both. */
function titleOf(kind: Kind, t: Request["t"]): string {
  return kind === "half" || kind === "year" ? t.reports.templates[kind] : t.reports.kinds[kind];
}

const among = (names: readonly string[], name: string): boolean => names.includes(name);

/** What a field stands for, and how it is to be used. */
function fieldCells(name: (typeof LINE_FIELDS)[number] | (typeof BLOCK_FIELDS)[number], t: Words): CellView[] {
  const words = t.reports.templates;
  const how = [among(REQUIRED, name) ? words.required : "", among(BLOCK_FIELDS, name) ? words.alone : ""].filter((one) => one !== "").join("; ");
  return [{ text: `{{${name}}}` }, { text: words.fields[name] }, { text: how === "" ? "–" : how }];
}

/** The bytes of a template, for a report that is drawn with it. */
export async function templateBytes(req: Request, template: TemplateRow): Promise<Buffer> {
  return buffer(await req.blobs.open(template.blob_hash));
}
