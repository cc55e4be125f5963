import type { Request, Response } from "express";
import type { Granted } from "../access/policy.ts";
import { dayOf } from "../platform/clock.ts";
import { notFound } from "../platform/errors.ts";
import { sayText } from "../platform/messages.ts";
import { findBlob, saveBlob } from "../platform/storage/store.ts";
import { blankForm, readForm, type FieldError, type Typed } from "../platform/web/form.ts";
import { sendBlob } from "../platform/web/send-blob.ts";
import { withUploads, type Received } from "../platform/web/uploads.ts";
import { idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { flash } from "../shell/layout.ts";
import type { FieldView } from "../shell/partials.ts";
import { openLedgerCourse, openPeriod, waitingFor } from "./access.ts";
import { DeclarationForm } from "./forms.ts";
import { saveDeclaration } from "./store/deliveries.ts";
import { listLessons, listStanding, type LedgerCourse } from "./store/periods.ts";

/** Proof of a lesson is a screenshot or a list of participants. */
const PROOF_BYTES_MAX = 10_000_000;
const PROOF_KINDS: ReadonlySet<string> = new Set(["pdf", "jpg", "png", "webp"]);

export interface DeclarationPage {
  course: { id: string; name: string };
  fields: FieldView[];
  errors: { field: string; label: string; message: string }[];
  none_free: boolean;
}

export interface WaitingPage {
  rows: { id: string; title: string; course: string; teacher: string; day: string; proof: { href: string; label: string } | undefined; confirm: string }[];
}

declare global {
  interface Views {
    "ledger/declaration": DeclarationPage;
    "ledger/waiting": WaitingPage;
  }
}

/** Periods taught with another tool: declared by the teacher, confirmed by a department head or school leader. */
export function declarationRoutes(routes: FeatureRoutes): void {
  routes.get("/ledger/declarations", "signed_in", showWaiting);

  routes.get("/ledger/declarations/new", "signed_in", async (req, res) => {
    const course = await openLedgerCourse(req.db, req.actor, idOf(req.query["course"]));
    await showForm(req, res, course, blankForm({ period: String(req.query["period"] ?? ""), taught_on: dayOf(req.now) }));
  });

  routes.post("/ledger/courses/:id/declarations", "signed_in", async (req, res) => {
    const course = await openLedgerCourse(req.db, req.actor, idOf(req.params["id"]));
    const rules = { store: req.blobs, field: "proof", filesMax: 1, bytesMax: PROOF_BYTES_MAX, accept: PROOF_KINDS };
    await withUploads(req, res, rules, async (received) => {
      const read = readForm(DeclarationForm, { course: course.id, ...received.fields });
      const errors = read.ok ? await problemsOf(req, course, read.value, received) : read.errors;
      if (!read.ok || errors.length > 0) return showForm(req, res.status(422), course, { errors, typed: received.fields });
      const [file] = received.files;
      if (file) await saveBlob(req.db, { ...(await req.blobs.adopt(file)), mime: file.kind.mime }, req.now);
      const { lesson, number, proof_url, legal_form, legal_reason, taught_on } = read.value;
      const proof = { proof_url: proof_url || null, proof_blob: file?.hash ?? null, proof_name: file?.name ?? null };
      const declared = { plan_lesson_id: lesson, period_number: number, taught_on, legal_form, legal_reason, ...proof };
      const id = await saveDeclaration(req.db, course, declared, { by: req.actor.personId, at: req.now, requestId: req.id });
      flash(req, req.t.ledger.declaration.sent);
      res.redirect(303, `/ledger/${id}`);
    });
  });

  routes.get("/ledger/:id/proof", "signed_in", async (req, res) => {
    const period = await openPeriod(req.db, req.actor, idOf(req.params["id"]), "read");
    const proof = await findBlob(req.db, period.proof_blob);
    if (proof === undefined) throw notFound();
    await sendBlob(req, res, req.blobs, { ...proof, name: period.proof_name ?? "minh-chung", show: "attachment" });
  });
}

/** What a schema cannot know: whether the period is free, the day has come, and there is any proof. */
async function problemsOf(
  req: Request,
  course: LedgerCourse,
  form: { lesson: string; number: number; taught_on: string; proof_url: string },
  received: Received,
): Promise<FieldError[]> {
  const free = (await freePeriods(req, course)).some((one) => one.value === `${form.lesson}.${form.number}`);
  const file = received.files[0] !== undefined;
  const refused = received.refused.map(({ code, params }): FieldError => ({ field: "proof", code, params }));
  return [
    ...(free ? [] : [{ field: "period", code: "not_a_choice", params: {} }]),
    ...(form.taught_on > dayOf(req.now) ? [{ field: "taught_on", code: "date_in_future", params: {} }] : []),
    ...refused,
    ...(form.proof_url === "" && !file && refused.length === 0 ? [{ field: "proof_url", code: "needs_proof", params: {} }] : []),
  ];
}

/** Periods of the plan that are not counted yet: a counted one could not count twice. */
async function freePeriods(req: Request, course: LedgerCourse): Promise<{ value: string; label: string }[]> {
  const lessons = course.plan_id ? await listLessons(req.db, [course.plan_id]) : [];
  const counted = (await listStanding(req.db, [course.id])).filter((row) => row.state === "counted");
  const taken = new Set(counted.map((row) => `${row.plan_lesson_id}.${row.period_number}`));
  return lessons
    .filter((lesson) => lesson.removed_at === null)
    .flatMap((lesson) =>
      Array.from({ length: lesson.periods }, (_, i) => ({
        value: `${lesson.id}.${i + 1}`,
        label: req.t.ledger.period_title(i + 1, lesson.periods, lesson.title),
      })),
    )
    .filter((one) => !taken.has(one.value));
}

async function showForm(req: Request, res: Response, course: Granted<"record", LedgerCourse>, form: { errors: readonly FieldError[]; typed: Typed }): Promise<void> {
  const free = await freePeriods(req, course);
  const say = req.t.ledger.declaration;
  const typed = (name: string): string => String(form.typed[name] ?? "");
  const wordsOf = ({ code, params }: FieldError): string =>
    sayText(Object.hasOwn(req.t.platform.fields, code) ? req.t.platform.fields : req.t.platform.files, code, params);
  const errorOf = (name: string): string | undefined => form.errors.filter((error) => error.field === name).map(wordsOf)[0];
  const forms = req.t.ledger.period.legal_forms;
  const fields: FieldView[] = [
    { name: "period", label: say.lesson, kind: "select", required: true, options: free, value: typed("period") },
    { name: "taught_on", label: say.taught_on, kind: "date", required: true, value: typed("taught_on"), attributes: { max: dayOf(req.now) } },
    { name: "proof_url", label: say.proof_url, kind: "url", required: false, hint: say.proof_url_hint, value: typed("proof_url") },
    { name: "proof", label: say.proof_file, kind: "file", required: false, hint: say.proof_file_hint, attributes: { accept: ".pdf,.jpg,.jpeg,.png,.webp" } },
    {
      ...{ name: "legal_form", label: say.legal_form, kind: "select", value: typed("legal_form") || "supporting" },
      options: [
        { value: "supporting", label: forms.supporting },
        { value: "replacing", label: forms.replacing },
      ],
    },
    { name: "legal_reason", label: say.legal_reason, kind: "text", required: false, hint: say.legal_reason_hint, value: typed("legal_reason"), attributes: { maxlength: 300 } },
  ];
  const page: DeclarationPage = {
    course: { id: course.id, name: course.name },
    fields: fields.map((field) => ({ ...field, error: errorOf(field.name) })),
    errors: fields.flatMap((field) => {
      const message = errorOf(field.name);
      return message ? [{ field: field.name, label: field.label, message }] : [];
    }),
    none_free: free.length === 0,
  };
  res.page("ledger/declaration", page, { title: say.title, crumbs: [{ href: "/ledger", label: req.t.ledger.title }, { label: course.name }] });
}

async function showWaiting(req: Request, res: Response): Promise<void> {
  const rows = await waitingFor(req.db, req.actor);
  const page: WaitingPage = {
    rows: rows.map((row) => ({
      id: row.id,
      title: req.t.ledger.period_title(row.period_number, row.lesson_periods, row.lesson_title),
      course: row.course_name,
      teacher: row.teacher_name,
      day: req.f.day(row.taught_on),
      proof: row.proof_url ? { href: row.proof_url, label: req.t.ledger.waiting.proof_link } : row.proof_name ? { href: `/ledger/${row.id}/proof`, label: row.proof_name } : undefined,
      confirm: `/ledger/${row.id}/confirmation`,
    })),
  };
  res.page("ledger/waiting", page, { title: req.t.ledger.waiting.title, crumbs: [{ href: "/ledger", label: req.t.ledger.title }], wide: true });
}
