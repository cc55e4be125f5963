import type { Request, Response } from "express";
import { hasRoleIn, headsSubject, type Actor } from "../../access/actor.ts";
import type { MaterialAction } from "../../access/policy.ts";
import { findDigitisation } from "../../digitising/store.ts";
import { countRead } from "../../digitising/store/words.ts";
import { dayOf } from "../../platform/clock.ts";
import { digitisingView } from "../pages/text.ts";
import { sayText } from "../../platform/messages.ts";
import type { FieldError, Typed } from "../../platform/web/form.ts";
import type { RefusedFile } from "../../platform/web/uploads.ts";
import { aroundFiles, isYourTurn, linkRefusal, maySettle, refusalOf, seesAllVersions, shownVersionId } from "../access.ts";
import { showPage, type MayAct, type ShowFacts } from "../pages/material.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { commentsView, type CommentsView } from "../pages/comments.ts";
import { captionsView } from "../pages/captions.ts";
import { uploadFormView } from "../pages/parts.ts";
import { viewerOfFile, type ViewerView } from "../pages/viewer.ts";
import { decisionView, type DecisionProblem } from "../pages/review.ts";
import { actsOpen, isOwnUpload, notesOf, type StepAct, type StepNotes, type WayAct } from "../rules.ts";
import { countCoverage, findOrigin, listLessonsFor, listLessonsOf, listSteps, listVersions, type MaterialRow } from "../store.ts";
import { listComments, type CommentRow } from "../store/comments.ts";
import { reviewingOf, type Reviewing } from "./checklist.ts";
import { speechOf } from "./speech.ts";
import { formBasis } from "./uploads.ts";

/** What was wrong with something sent to a material's page. */
export interface Problems {
  refused?: readonly RefusedFile[];
  missing?: boolean;
  /** What was wrong with captions that were sent. */
  captions?: { text: string; typed: Typed };
  /** What was wrong with a comment. */
  comment?: FormState;
  form?: { act: "decision" | "withdraw" | "retire" | "scope"; errors: readonly FieldError[]; typed: Typed };
}

const ACTION_OF: Record<WayAct, MaterialAction> = {
  upload: "edit",
  submit: "submit",
  pass: "pass",
  return: "return",
  approve: "approve",
  withdraw: "withdraw",
  retire: "retire",
  restore: "retire",
};

/** Acts that both the state and the policy allow. */
export function actsFor(actor: Actor, material: MaterialRow): Set<MayAct> {
  const open = actsOpen({ latest: material.latest.state, latest_version_id: material.latest.id, approved_version_id: material.approved_version_id, retired: material.state === "retired" });
  const may = new Set<MayAct>([...open].filter((act) => refusalOf(actor, ACTION_OF[act], material) === undefined));
  if (refusalOf(actor, "edit", material) === undefined) may.add("edit");
  if (linkRefusal(actor, material) === undefined) may.add("link");
  if (material.wanted_scope !== null && refusalOf(actor, "confirm_scope", material) === undefined) may.add("confirm_scope");
  if (material.taken_down_at !== null) may.delete("restore"); // put back by those who may take down
  return may;
}

/** What the trail notes of a decision: the lone leader's own upload, a leader in place of the group, a deputy in place of a leader. */
export function notesFor(actor: Actor, act: StepAct, material: MaterialRow): StepNotes {
  const own = isOwnUpload(actor.personId, { uploaded_by: material.uploaded_by, latest_uploaded_by: material.latest.uploaded_by });
  const deputy_for = hasRoleIn(actor, "school_leader", material.school) ? undefined : actor.deputyIn.get(material.school.id);
  return notesOf(act, { own, heads_subject: headsSubject(actor, material.school, material.subject_code), deputy_for });
}

/** The one step a reviewer takes next, if it is theirs. */
export function stepOf(may: ReadonlySet<string>): "pass" | "approve" | undefined {
  return may.has("approve") ? "approve" : may.has("pass") ? "pass" : undefined;
}

export async function showMaterial(req: Request, res: Response, material: MaterialRow, problems: Problems): Promise<void> {
  const speech = speechOf(req);
  const may = actsFor(req.actor, material);
  const staff = seesAllVersions(req.actor, material);
  const [lessons, versions, steps, possibleLessons, origin, reviewing, comments] = await Promise.all([
    listLessonsOf(req.db, material),
    listVersions(req.db, material),
    staff ? listSteps(req.db, material) : [],
    may.has("link") ? listLessonsFor(req.db, material) : [],
    staff ? originText(req, material) : undefined,
    staff ? reviewingOf(req, material.school) : undefined,
    staff ? listComments(req.db, material) : [],
  ]);
  const shown = staff ? material.latest : (versions.find((version) => version.id === shownVersionId(material)) ?? material.latest);
  const [around, digitisation] = await Promise.all([
    aroundFiles(req.db, [shown]).then((files) => files.get(shown.id)),
    staff ? findDigitisation(req.db, shown.blob_hash) : undefined, // for every kind of file: the staff follow the recognising of text as well
  ]);
  const first = lessons[0];
  const viewer = viewerOfFile(speech, material.id, material.title, shown, around);
  const digitised = staff ? digitisingView(speech, shown, digitisation, may.has("edit") && digitisation?.text_source === "ocr" ? await countRead(req.db, shown.blob_hash) : undefined) : undefined;
  const facts: ShowFacts = {
    material,
    digitising: digitised,
    viewer,
    comments: staff ? commentsOf(req, { material, shown, viewer, comments, back: "" }, problems.comment) : undefined,
    captions: may.has("edit") && shown.mime.startsWith("video/") ? captionsView(speech, shown, around?.captions ?? [], problems.captions) : undefined,
    lessons: staff ? lessons : [],
    possibleLessons,
    versions: staff ? versions : [],
    steps,
    coverage: staff && first ? await countCoverage(req.db, first) : undefined,
    may,
    yourTurn: isYourTurn(req.actor, { ...material, latest_uploaded_by: material.latest.uploaded_by }),
    decision: reviewing && decisionOf(req, { material, may, reviewing }, problems),
    origin,
    days: reviewing,
    at: req.now,
    newVersion: may.has("upload")
      ? uploadFormView(speech, { ...(await formBasis(req, `/materials/${material.id}`, material.school.id)), action: `/materials/${material.id}/versions`, single: true, refused: problems.refused ?? [], missing: problems.missing ?? false })
      : undefined,
    reasonError: reasonError(req, problems),
  };
  res.page("materials/show", showPage(speech, facts), {
    title: material.title,
    crumbs: staff ? [{ href: `/schools/${material.school.id}/materials`, label: req.t.materials.materials }, { label: material.title }] : [],
    scripts: ["js/upload-queue.js", "js/file-viewer.js", "js/pin-links.js", "js/job-progress.js"],
  });
}

function decisionOf(req: Request, { material, may, reviewing }: { material: MaterialRow; may: ReadonlySet<string>; reviewing: Reviewing }, problems: Problems): ShowFacts["decision"] {
  if (stepOf(may) === undefined && !may.has("return")) return undefined;
  const form = problems.form?.act === "decision" ? problems.form : undefined;
  return decisionView(req.t, {
    material: { id: material.id, latest_version_id: material.latest.id },
    ...{ act: stepOf(may), from: "", next: "", queue: "" },
    reviewing,
    problem: form && problemOf(req, form),
  });
}

/** What was said of a material, with what this person may do about it. `back`: the page to come back to. */
export function commentsOf(req: Request, said: { material: MaterialRow; shown: { id: string }; viewer: ViewerView; comments: readonly CommentRow[]; back: string }, problem: FormState | undefined): CommentsView {
  const { material, viewer, ...rest } = said;
  return commentsView(speechOf(req), {
    ...{ ...rest, material, shows: viewer.shows, me: req.actor.personId, problem },
    maySettle: (first) => maySettle(req.actor, material, first),
  });
}

/** The newest version in the viewer, with what was made of its file. */
export async function viewerFor(req: Request, material: MaterialRow): Promise<ViewerView> {
  const around = (await aroundFiles(req.db, [material.latest])).get(material.latest.id);
  return viewerOfFile(speechOf(req), material.id, material.title, material.latest, around);
}

/** Where an adopted material comes from, and what its own school did with it. */
export async function originText(req: Request, material: MaterialRow): Promise<string | undefined> {
  if (material.origin === "own" || material.from_material_id === null) return undefined;
  const from = await findOrigin(req.db, material);
  if (from === undefined) return undefined;
  const words = req.t.materials;
  const approved = from.approved_at === null ? "" : words.origin_approved(from.school_name, from.approver_name ?? "", req.f.day(dayOf(from.approved_at)));
  return [words.origin_text[material.origin](from.title, from.school_name, from.author), approved].filter(Boolean).join(" ");
}

function reasonError(req: Request, { form }: Problems): ShowFacts["reasonError"] {
  return form === undefined || form.act === "decision" ? undefined : { act: form.act, ...errorOf(req, form) };
}

/** The words of the first error, and what had been typed as a comment. */
export function errorOf(req: Request, form: { errors: readonly FieldError[]; typed: Typed }): { text: string; typed: string } {
  const first = form.errors[0];
  const typed = form.typed["comment"];
  return { text: first ? sayText(req.t.platform.fields, first.code, first.params) : "", typed: typeof typed === "string" ? typed : "" };
}

/** What was wrong with a decision, in words, with what had been typed and ticked. */
export function problemOf(req: Request, form: { errors: readonly FieldError[]; typed: Typed }): DecisionProblem {
  const sayOf = (field: (name: string) => boolean): string | undefined => {
    const found = form.errors.find((error) => field(error.field));
    return found && sayText(req.t.platform.fields, found.code, found.params);
  };
  const typed = form.typed["comment"];
  return {
    comment: sayOf((name) => name === "comment"),
    check: sayOf((name) => name !== "comment"),
    typed: typeof typed === "string" ? typed : "",
    ticked: [form.typed["check"] ?? []].flat(),
  };
}
