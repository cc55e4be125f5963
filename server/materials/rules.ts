/**
 * The way of a digitised material (học liệu số) from upload to approval.
 *
 * Source: Circular 09/2021/TT-BGDĐT: materials for online teaching are chosen and passed by the subject group (tổ chuyên
 * môn) and approved by the head of the institution; DOMAIN §3.
 */

/** States of one version. `superseded`: a newer version took its place. */
export const VERSION_STATES = ["draft", "submitted", "passed", "approved", "superseded"] as const;
export type VersionState = (typeof VERSION_STATES)[number];

/** State of a material: that of its newest version, or retired as a whole. */
export const MATERIAL_STATES = ["draft", "submitted", "passed", "approved", "retired"] as const;
export type MaterialState = (typeof MATERIAL_STATES)[number];

/** Where a material comes from: made here, taken over from another school as it is, or copied and changed. */
export const MATERIAL_ORIGINS = ["own", "adopted", "derived"] as const;
export type MaterialOrigin = (typeof MATERIAL_ORIGINS)[number];

/** What can happen to a version. `replace`: a newer version was uploaded before, or approved after, this one's approval. */
export const VERSION_ACTS = ["submit", "pass", "return", "approve", "withdraw", "replace"] as const;
export type VersionAct = (typeof VERSION_ACTS)[number];

/** What describes a material besides its file. */
export const DESCRIBED = ["title", "description", "subject_code", "grade", "kind", "language", "author", "source", "licence", "year", "keywords", "accessibility", "scope"] as const;

/** Steps of the trail that a material keeps. */
export const STEP_ACTS = ["upload", "submit", "pass", "return", "approve", "withdraw", "retire", "restore", "want_scope", "give_scope", "deny_scope", "narrow", "take_down", "put_back"] as const;
export type StepAct = (typeof STEP_ACTS)[number];
/** Those steps that are the way of a material; the others are about how far it is shared. */
export type WayAct = VersionAct & StepAct | "upload" | "retire" | "restore";

const WAY: Record<VersionState, Partial<Record<VersionAct, VersionState>>> = {
  draft: { submit: "submitted", replace: "superseded" },
  submitted: { pass: "passed", return: "draft", replace: "superseded" },
  passed: { approve: "approved", return: "draft", replace: "superseded" },
  approved: { withdraw: "draft", replace: "superseded" },
  superseded: {},
};

/** The state of a version after an act, or undefined where the act does not fit the state. */
export function after(state: VersionState, act: VersionAct): VersionState | undefined {
  return WAY[state][act];
}

/** A material as far as its way is concerned. */
export interface Standing {
  /** State of the newest version. */
  latest: VersionState;
  latest_version_id: string;
  /** The version in use; the newest one or an older one while a newer is under way. */
  approved_version_id: string | null;
  retired: boolean;
}

/** The acts that the state allows, whoever asks; who may is the policy's question. */
export function actsOpen(standing: Standing): ReadonlySet<WayAct> {
  if (standing.retired) return new Set<WayAct>(["restore"]);
  const open = new Set<WayAct>(["upload", "retire"]);
  for (const act of ["submit", "pass", "return", "approve"] as const) {
    if (after(standing.latest, act) !== undefined) open.add(act);
  }
  if (standing.approved_version_id !== null) open.add("withdraw");
  return open;
}

/** What the material's own state is: that of the newest version, unless it is retired as a whole. */
export function stateOf(standing: Pick<Standing, "latest" | "retired">): MaterialState {
  if (standing.retired) return "retired";
  return standing.latest === "superseded" ? "draft" : standing.latest;
}

/** An approval that is taken back leaves a draft to be repaired; where a newer version is under way, nothing to repair. */
export function afterWithdrawal(standing: Standing): VersionState {
  return standing.approved_version_id === standing.latest_version_id ? "draft" : "superseded";
}

/** Whose turn it is, shown to everybody who sees the material. */
export type Turn = "uploader" | "head" | "leader" | "lone_leader" | "no_leader" | "nobody";

export interface TurnFacts {
  state: MaterialState;
  /** Whether somebody other than the uploader heads the group of this subject. */
  has_other_head: boolean;
  /** Leaders of the school other than the uploader. */
  leaders_besides_uploader: number;
  /** All leaders of the school, the uploader too. */
  leaders: number;
}

/**
 * Who acts next. Where nobody else heads the subject's group, a leader passes as well; where the only leader uploaded it,
 * that leader approves, and the trail says so (DOMAIN §3).
 */
export function turnOf(facts: TurnFacts): Turn {
  const leader: Turn = facts.leaders_besides_uploader > 0 ? "leader" : facts.leaders > 0 ? "lone_leader" : "no_leader";
  switch (facts.state) {
    case "draft":
      return "uploader";
    case "submitted":
      return facts.has_other_head ? "head" : leader;
    case "passed":
      return leader;
    case "approved":
    case "retired":
      return "nobody";
  }
}

/**
 * Whether somebody would decide about an upload of their own: of the material, or of the version that waits. Nobody does,
 * except the only leader of a school, whose approval is recorded as one of an own upload.
 */
export function isOwnUpload(personId: string, material: { uploaded_by: string; latest_uploaded_by: string }): boolean {
  return personId === material.uploaded_by || personId === material.latest_uploaded_by;
}

/** What the trail must say of a decision besides who, when and the comment. */
export interface StepNotes {
  /** The only leader of the school approved an own upload. */
  lone_leader?: true;
  /** A leader passed in place of the subject group. */
  for_group?: true;
  /** Decided in place of a leader, whose name this is. */
  deputy_for?: string;
}

/** @param facts `deputy_for`: the leader in whose place the person decides, where they do not lead the school themselves */
export function notesOf(act: StepAct, facts: { own: boolean; heads_subject: boolean; deputy_for?: string | undefined }): StepNotes {
  const standsIn = facts.deputy_for === undefined || (act === "pass" && facts.heads_subject) ? {} : { deputy_for: facts.deputy_for };
  if (act === "pass") return { ...(facts.own ? { lone_leader: true } : {}), ...(facts.heads_subject ? {} : { for_group: true }), ...standsIn };
  return act === "approve" && facts.own ? { lone_leader: true } : standsIn;
}

/** Kinds of plan rows whose digitisation is counted, by default of the province. Source: DOMAIN §2.2. */
export const COUNTED_LESSON_KINDS = ["lesson", "topic", "practice", "activity"] as const;

/**
 * Whether a material makes a plan lesson count as digitised: approved by this school, linked to the lesson, its version in
 * use can be opened, and not retired. Source: plan 1027/KH-SGDĐT, I.2, target 2.4; DOMAIN §2.2.
 */
export function countsFor(material: { approved_version_id: string | null; retired_at: string | null }, linked: boolean, canBeOpened: boolean): boolean {
  return linked && canBeOpened && material.approved_version_id !== null && material.retired_at === null;
}

/** What covers a plan lesson: the school's own work (made here, or copied and changed), only what it adopted, or nothing. */
export type LessonCover = "own" | "adopted" | "none";

/** A material that is linked to a lesson, as far as counting it goes. */
export interface LinkedMaterial {
  approved_version_id: string | null;
  retired_at: string | null;
  origin: MaterialOrigin;
}

/**
 * What a lesson counts as, by the materials that the school linked to it: own and adopted work are two counters, and a
 * lesson with both counts as own, once. The order in which they came does not matter.
 */
export function coverOf(linked: readonly LinkedMaterial[]): LessonCover {
  const counting = linked.filter((material) => countsFor(material, true, true));
  if (counting.some((material) => material.origin !== "adopted")) return "own";
  return counting.length > 0 ? "adopted" : "none";
}

/** Kinds of materials, after the list of DOMAIN §3. */
export const MATERIAL_KINDS = [
  "slides", // bài giảng
  "video",
  "worksheet", // phiếu học tập
  "test_paper", // đề kiểm tra
  "simulation", // mô phỏng
  "book", // sách, tài liệu quét
  "audio",
  "image",
  "package", // gói tương tác
  "other",
] as const;
export type MaterialKind = (typeof MATERIAL_KINDS)[number];

/** What the words of a file's name say about its kind, strongest first; the name is folded (no marks, lower case). */
const NAME_SAYS: readonly [words: RegExp, kind: MaterialKind][] = [
  [/\b(de (kiem tra|thi|on)|kiem tra|ma tran de|dap an)\b/, "test_paper"],
  [/\b(phieu|bai tap|pht|worksheet)\b/, "worksheet"],
  [/\b(mo phong|thi nghiem ao|geogebra)\b/, "simulation"],
  [/\b(bai giang|giao an|khbd|trinh chieu|slide)\b/, "slides"],
  [/\b(sach|sgk|sbt|scan|tai lieu)\b/, "book"],
];

const FAMILY_SAYS: Record<string, MaterialKind> = {
  pdf: "slides",
  slides: "slides",
  document: "worksheet",
  sheet: "other",
  text: "other",
  page: "slides",
  image: "image",
  audio: "audio",
  video: "video",
  geogebra: "simulation",
  package: "package",
};

/** A guess that saves typing, never a claim: the person can change it. */
export function guessKind(foldedName: string, family: string, lessonKind: string | undefined): MaterialKind {
  const byFile = FAMILY_SAYS[family] ?? "other";
  if (["audio", "video", "image", "simulation", "package"].includes(byFile)) return byFile;
  const byName = NAME_SAYS.find(([words]) => words.test(foldedName))?.[1];
  return byName ?? (lessonKind === "test" ? "test_paper" : byFile);
}

/** Words that cameras, scanners and programs put into names, which say nothing about the lesson; folded. */
const MEANINGLESS = new Set("img dsc pxl vid mov scan zalo screenshot document presentation untitled new file tai lieu bai copy ban sao tep".split(" "));

function saysNothing(foldedStem: string): boolean {
  const tokens = foldedStem.split(/[^a-z]+/).filter((token) => token !== "");
  return tokens.every((token) => MEANINGLESS.has(token));
}

/**
 * The title that an upload gets: the file's own name where a person gave it one, else the title of the lesson.
 *
 * @param stem the file's name without its ending
 * @param foldedStem the same, folded
 */
export function titleFrom(stem: string, foldedStem: string, lessonTitle: string | undefined): string {
  const spaced = stem.replace(/[_\s]+/g, " ").trim();
  const title = saysNothing(foldedStem) ? (lessonTitle ?? spaced) : spaced;
  return title.slice(0, TITLE_LENGTH_MAX);
}

export const TITLE_LENGTH_MAX = 300;

/** How far a material is shared once it is approved, the narrowest first. */
export const SCOPES = ["class", "school", "cluster", "province", "public"] as const;
export type Scope = (typeof SCOPES)[number];

/** Licences a school can state, after DOMAIN §3. `all-rights`: the right to use it is stated in the source. */
export const LICENCES = ["school-only", "CC BY", "CC BY-SA", "CC BY-NC", "CC BY-NC-SA", "CC BY-ND", "CC BY-NC-ND", "public-domain", "all-rights"] as const;
export type Licence = (typeof LICENCES)[number];

/** The widest scope that a licence permits; a material for the school only does not leave it, one with all rights reserved does not leave the province. */
const WIDEST: Partial<Record<string, Scope>> = { "school-only": "school", "all-rights": "province" };

/** Why a material cannot be shared so far: codes of `words.platform.fields`. */
export type ScopeProblem = "scope_school_only" | "scope_all_rights" | "scope_adopted";

/**
 * Whether the licence and the origin permit a scope. What was taken over from another school is shared by that school, under
 * its own name, and not a second time.
 */
export function scopeProblem(material: { licence: string; origin: MaterialOrigin }, scope: Scope): ScopeProblem | undefined {
  if (!isWider(scope, "school")) return undefined;
  if (material.origin === "adopted") return "scope_adopted";
  const widest = WIDEST[material.licence];
  if (widest === undefined || !isWider(scope, widest)) return undefined;
  return widest === "school" ? "scope_school_only" : "scope_all_rights";
}

export function isWider(scope: Scope, than: Scope): boolean {
  return SCOPES.indexOf(scope) > SCOPES.indexOf(than);
}

export function scopeOf(text: string): Scope {
  return SCOPES.find((scope) => scope === text) ?? "class";
}

/**
 * What asking for a scope does: sharing less, and sharing inside the school, is the owner's to say and holds at once;
 * leaving the school, or going further, waits for a leader.
 */
export function scopeMove(now: Scope, asked: Scope): "stays" | "holds" | "waits" {
  if (asked === now) return "stays";
  return isWider(asked, now) && isWider(asked, "school") ? "waits" : "holds";
}

export const GRADES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/**
 * The licences that a changed copy may carry; the first is the one it begins with. Share-alike keeps its own licence,
 * non-commercial stays non-commercial, attribution is always kept; what may not be changed has none.
 */
export function derivedLicences(from: string): readonly Licence[] {
  switch (from) {
    case "CC BY-SA":
      return ["CC BY-SA"];
    case "CC BY-NC-SA":
      return ["CC BY-NC-SA"];
    case "CC BY-NC":
      return ["CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND"];
    case "CC BY":
      return ["CC BY", "CC BY-SA", "CC BY-NC", "CC BY-NC-SA", "CC BY-ND", "CC BY-NC-ND"];
    case "public-domain":
      return ["public-domain", ...LICENCES.filter((licence) => licence !== "public-domain")];
    default:
      return [];
  }
}

/** Whether a licence may be stated for a material: a copy is bound by that of its original. */
export function licencePermitted(origin: MaterialOrigin, original: string | null, licence: string): boolean {
  if (origin === "own" || original === null) return true;
  return origin === "adopted" ? licence === original : derivedLicences(original).some((one) => one === licence);
}
