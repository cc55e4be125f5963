import type { Request, Response } from "express";
import { officerOver } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { openStatements, partOf } from "../../assessment/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import { blankForm, readForm, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads, type Received } from "../../platform/web/uploads.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { whenAsked, type When } from "../asked.ts";
import { activityOf } from "../computers.ts";
import { figuresFromAbove, figuresIn } from "../figures.ts";
import { declareForm } from "../forms.ts";
import { schoolPage, valuePage } from "../pages/school.ts";
import { publishedBoard, type Indicator } from "../store/boards.ts";
import { listMembers, listModels } from "../store/models.ts";
import { listHistory, saveDeclared } from "../store/values.ts";
import { actOf, voiceOf } from "./act.ts";

const EVIDENCE_BYTES_MAX = 10_000_000;
const EVIDENCE_KINDS: ReadonlySet<string> = new Set(["pdf", "jpg", "png", "webp", "docx", "xlsx"]);

/** One school: all its indicators, and each of them with its evidence, its history and the form to declare it. */
export function schoolRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/scoreboard", "signed_in", async (req, res) => {
    const school = await openStatements(req.db, req.actor, idOf(req.params["id"]), "read");
    const when = await whenAsked(req.db, req.query, req.now);
    const [figures, models] = await Promise.all([readerOf(req, school)(req.db, school, when, req.now), listModels(req.db, when.year.id)]);
    const clusters = models.filter((model) => model.kind === "cluster");
    const members = await listMembers(req.db, clusters.map((model) => model.unit_id), dayOf(req.now));
    const own = clusters.filter((model) => members.some((member) => member.cluster_id === model.unit_id && member.school_id === school.id));
    const page = schoolPage(school, when, figures, { models, clusters: own.map((model) => model.name) }, voiceOf(req));
    res.page("indicators/board", page, { title: req.t.indicators.school.title, wide: true });
  });

  routes.get("/schools/:id/scoreboard/:code", "signed_in", async (req, res) => {
    const school = await openStatements(req.db, req.actor, idOf(req.params["id"]), "read");
    const when = await whenAsked(req.db, req.query, req.now);
    await showValue(req, res, school, when, blankForm());
  });

  routes.post("/schools/:id/scoreboard/:code", "signed_in", async (req, res) => {
    const school = await openStatements(req.db, req.actor, idOf(req.params["id"]), "declare");
    const when = await whenAsked(req.db, req.query, req.now);
    const board = await publishedBoard(req.db, when.year.id);
    const indicator = board?.indicators.find((one) => one.code === req.params["code"]);
    if (indicator?.source !== "declared" || !appliesTo(indicator, school)) throw notFound();
    const rules = { store: req.blobs, field: "evidence", filesMax: 1, bytesMax: EVIDENCE_BYTES_MAX, accept: EVIDENCE_KINDS };
    await withUploads(req, res, rules, (received) => declare(req, res, { school, when, indicator, received }));
  });
}

/** A school's own people see all of it; who stands above it, no small group. */
function readerOf(req: Request, school: UnitRow): typeof figuresIn {
  return officerOver(req.actor, school) ? figuresFromAbove : figuresIn;
}

function appliesTo(indicator: Indicator, school: UnitRow): boolean {
  return indicator.levels.length === 0 || indicator.levels.includes(school.level ?? "");
}

interface Declaring {
  school: Granted<"declare", UnitRow>;
  when: When;
  indicator: Indicator;
  received: Received;
}

async function declare(req: Request, res: Response, { school, when, indicator, received }: Declaring): Promise<void> {
  const form = readForm(declareForm(indicator.measure), received.fields);
  const errors = [...(form.ok ? [] : form.errors), ...evidenceProblems(received, form.ok ? form.value.evidence_url : String(received.fields["evidence_url"] ?? "")), ...(form.ok && !when.months.includes(form.value.month) ? [{ field: "month", code: "not_a_choice", params: {} }] : [])];
  if (!form.ok || errors.length > 0) return showValue(req, res.status(422), school, when, { errors, typed: received.fields });
  const [file] = received.files;
  if (file) await saveBlob(req.db, { ...(await req.blobs.adopt(file)), mime: file.kind.mime }, req.now);
  const { seen, evidence_url, month, part, whole, note } = form.value;
  const evidence = { evidence_url: evidence_url || null, evidence_blob: file?.hash ?? null, evidence_name: file?.name ?? null };
  await saveDeclared(req.db, school, { year_id: when.year.id, code: indicator.code, month, part, whole, note, ...evidence }, seen, actOf(req));
  flash(req, req.t.indicators.value.sent);
  res.redirect(303, `/schools/${school.id}/scoreboard/${indicator.code}?year=${when.year.id}&month=${month}`);
}

/** A figure that nobody can check says nothing: a link or a file goes with it. */
function evidenceProblems(received: Received, url: string): FieldError[] {
  const refused = received.refused.map(({ code, params }): FieldError => ({ field: "evidence", code, params }));
  const none = url === "" && received.files.length === 0 && refused.length === 0;
  return none ? [{ field: "evidence_url", code: "needs_proof", params: {} }] : refused;
}

async function showValue(req: Request, res: Response, school: UnitRow, when: When, state: FormState): Promise<void> {
  const figures = await readerOf(req, school)(req.db, school, when, req.now, [String(req.params["code"])]);
  const [row] = figures.rows;
  const line = row?.lines.find((one) => one.id === school.id);
  if (row === undefined || line === undefined || figures.board === undefined) throw notFound();
  const isActivity = row.indicator.computer === "lms_active";
  const asked = { schools: [school], communes: [], yearId: when.year.id, today: dayOf(req.now) };
  const [history, activity] = await Promise.all([listHistory(req.db, school, when.year.id, row.indicator.code), isActivity ? activityOf(req.db, asked) : undefined]);
  const { answers, checks } = partOf(req.actor, school);
  const page = valuePage(school, when, { row: row.indicator, told: row.told, waits: row.waits, fromAbove: officerOver(req.actor, school), line, board: figures.board.board, history, activity: activity?.get(school.id), state, speaks: answers, decides: checks }, voiceOf(req));
  const crumbs = [{ href: `/schools/${school.id}/scoreboard?year=${when.year.id}&month=${when.month}`, label: req.t.indicators.school.title }, { label: row.indicator.code }];
  res.page("indicators/value", page, { title: page.head.title, crumbs });
}
