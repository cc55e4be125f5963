import type { Request, Response } from "express";
import { openMaterial } from "../../materials/access.ts";
import type { MaterialRow } from "../../materials/store.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openReport } from "../access.ts";
import { AnswerForm, ReportForm } from "../forms.ts";
import { reportsPage } from "../pages/reports.ts";
import { REPORT_KINDS } from "../rules.ts";
import { listOwnReports, listReports, saveAnswer, saveReport } from "../store/reports.ts";
import { actOf, errorText, speechOf } from "./show.ts";

/** Reports of a problem: by everybody who can read the material, to those who answer for it. */
export function addReports(routes: FeatureRoutes): void {
  routes.get("/library/materials/:id/reports/new", "signed_in", async (req, res) => {
    showForm(req, res, await openMaterial(req.db, req.actor, idOf(req.params["id"]), "report", req.now), blankForm());
  });

  routes.post("/library/materials/:id/reports", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "report", req.now);
    const form = readForm(ReportForm, req.body);
    if (!form.ok) return showForm(req, res.status(422), material, form);
    await saveReport(req.db, material, form.value, actOf(req));
    flash(req, req.t.sharing.reported);
    res.redirect(303, `/library/materials/${material.id}`);
  });

  routes.get("/library/reports", "signed_in", (req, res) => showReports(req, res, undefined));

  routes.post("/library/reports/:reportId/answer", "signed_in", async (req, res) => {
    const report = await openReport(req.db, req.actor, idOf(req.params["reportId"]));
    const form = readForm(AnswerForm, req.body);
    if (!form.ok) return showReports(req, res.status(422), { id: report.id, text: errorText(req, form) ?? "", typed: String(form.typed["answer"] ?? "") });
    await saveAnswer(req.db, report, form.value.answer, actOf(req));
    flash(req, req.t.sharing.answered);
    res.redirect(303, "/library/reports");
  });
}

async function showReports(req: Request, res: Response, problem: Parameters<typeof reportsPage>[1]["problem"]): Promise<void> {
  const [open, answered, own] = await Promise.all([listReports(req.db, req.actor, "open"), listReports(req.db, req.actor, "answered"), listOwnReports(req.db, req.actor.personId)]);
  res.page("sharing/reports", reportsPage(speechOf(req), { open, answered, own, problem }), { title: req.t.sharing.reports });
}

function showForm(req: Request, res: Response, material: MaterialRow, state: FormState): void {
  const words = req.t.sharing;
  const form = formView(req.t, state, {
    action: `/library/materials/${material.id}/reports`,
    submit: words.report_send,
    cancel: { href: `/library/materials/${material.id}`, label: req.t.materials.cancel },
    fields: [
      { name: "kind", label: words.report_kind, kind: "select", required: true, value: "content", options: REPORT_KINDS.map((kind) => ({ value: kind, label: words.report_kinds[kind] ?? kind })) },
      { name: "words", label: words.report_words, hint: words.report_words_hint, kind: "textarea", required: true, attributes: { minlength: 10, maxlength: 1000, rows: 4 } },
    ],
  });
  const title = words.report_title(material.title);
  res.page("shell/form", { head: { title, lead: words.report_lead }, notice: undefined, form }, { title, crumbs: crumbsTo(material, words.report) });
}

export function crumbsTo(material: MaterialRow, label: string): { href?: string; label: string }[] {
  return [{ href: `/library/materials/${material.id}`, label: material.title }, { label }];
}
