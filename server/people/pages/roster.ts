import type { ClassWithSchool } from "../../organisation/store.ts";
import type { FormView } from "../../shell/form-fields.ts";
import type { ActionView, ActView, BadgeView, EmptyView, NoticeView, PageHeadView, ProgressView } from "../../shell/partials.ts";
import type { Day } from "../../platform/clock.ts";
import { codeState, coverageByGrade, COVERAGE_GRADES, reachesCoverage, type GradeCoverage } from "../rules/coverage.ts";
import type { ListedImport } from "../store/imports.ts";
import type { CoveredPupil, RosterPupil } from "../store/roster.ts";
import type { Say } from "./preview.ts";

export interface PupilsPage {
  head: PageHeadView;
  coverage: { caption: string; rows: CoverageRow[] } | undefined;
  empty: EmptyView | undefined;
  wrong: { title: string; lead: string; rows: { name: string; href: string; className: string }[] } | undefined;
  imports: { rows: ImportRow[] } | undefined;
}

export interface CoverageRow {
  label: string;
  bar: ProgressView;
  share: string;
  valid: string;
  wrong: string;
  missing: string;
  badge: BadgeView | undefined;
}

export interface ImportRow {
  title: string;
  href: string | undefined;
  detail: string;
  badge: BadgeView;
  undo: ActView | undefined;
}

export interface UploadPage {
  head: PageHeadView;
  privacy: NoticeView;
  problem: { field: string; label: string; message: string }[];
  action: string;
  submit: string;
  fields: FormView["fields"];
}

export interface ClassPage {
  head: PageHeadView;
  slips: ActView | undefined;
  note: string;
  rows: PupilLine[];
  empty: EmptyView | undefined;
  canReset: boolean;
}

export interface PupilLine {
  number: string;
  name: string;
  username: string;
  born: string;
  access: BadgeView;
  reset: ActView | undefined;
}

declare global {
  interface Views {
    "people/pupils": PupilsPage;
    "people/upload": UploadPage;
    "people/class": ClassPage;
  }
}

const WRONG_SHOWN = 200;

/** Coverage of personal codes by grade, and for those who keep the rosters the codes to check and the last imports. */
export function pupilsPage(
  say: Say,
  school: { id: string; name: string },
  seen: { pupils: readonly CoveredPupil[]; today: Day; imports: readonly ListedImport[] | undefined; undoable: string | undefined; namesAllowed: boolean; leads: boolean },
): PupilsPage {
  const words = say.t.people;
  const grades = coverageByGrade(seen.pupils, seen.today);
  const all = grades.reduce((sum, row) => ({ grade: 0, pupils: sum.pupils + row.pupils, valid: sum.valid + row.valid, wrong: sum.wrong + row.wrong, missing: sum.missing + row.missing }), { grade: 0, pupils: 0, valid: 0, wrong: 0, missing: 0 });
  const upload: ActionView = { href: `/schools/${school.id}/roster-imports/new`, label: words.import_new, icon: "upload", kind: "primary" };
  const purposes: ActionView = { href: `/schools/${school.id}/data-purposes`, label: words.purposes_title, icon: "settings", kind: "quiet" };
  const wrong = seen.namesAllowed ? seen.pupils.filter((pupil) => codeState(pupil, seen.today) === "wrong").slice(0, WRONG_SHOWN) : [];
  return {
    head: { title: words.pupils_of(school.name), lead: words.pupils_lead, actions: [...(seen.imports ? [upload] : []), ...(seen.leads ? [purposes] : [])] },
    coverage: grades.length === 0 ? undefined : { caption: words.coverage_caption, rows: [...grades.map((row) => coverageRow(say, row, words.grade_n(row.grade))), coverageRow(say, all, words.total)] },
    empty: grades.length === 0 ? { icon: "users", title: words.no_pupils, text: words.no_pupils_text, action: seen.imports ? upload : undefined } : undefined,
    wrong: wrong.length === 0 ? undefined : { title: words.wrong_codes, lead: words.wrong_codes_lead, rows: wrong.map((pupil) => ({ name: pupil.name, href: `/classes/${pupil.class_id}`, className: words.class_of(pupil.class_name) })) },
    imports: seen.imports && { rows: seen.imports.map((row) => importRow(say, row, seen.undoable)) },
  };
}

function coverageRow(say: Say, row: GradeCoverage, label: string): CoverageRow {
  const words = say.t.people;
  const asked = COVERAGE_GRADES.has(row.grade);
  return {
    label,
    bar: { label, value: row.valid, max: Math.max(1, row.pupils), text: words.coverage_of(say.f.number(row.valid), say.f.number(row.pupils)) },
    share: say.f.share(row.valid, row.pupils, 1),
    valid: say.f.number(row.valid),
    wrong: say.f.number(row.wrong),
    missing: say.f.number(row.missing),
    badge: !asked ? undefined : reachesCoverage(row) ? { label: words.reached, tone: "good", icon: "circle-check" } : { label: words.not_reached, tone: "warn", icon: "triangle-alert" },
  };
}

function importRow(say: Say, row: ListedImport, undoable: string | undefined): ImportRow {
  const words = say.t.people;
  const { counts } = row.data;
  const parts = [words.layouts[row.data.layout], words.imported_by(row.by_name, say.f.stamp(row.done_at ?? row.created_at))];
  if (counts) parts.push(words.imported_counts(counts.create, counts.update + counts.move + counts.leave));
  return {
    title: row.file_name,
    href: row.state === "preview" ? `/roster-imports/${row.id}` : undefined,
    detail: parts.join(" · "),
    badge: { label: words.states[row.state], tone: row.state === "done" ? "good" : row.state === "preview" ? "info" : "neutral" },
    undo: row.id === undoable ? { action: `/roster-imports/${row.id}/undoing`, label: words.undo, icon: "undo-2", kind: "quiet", confirm: words.undo_ask(row.file_name) } : undefined,
  };
}

/** The class list; `canReset`: whose access can be reset by the one who looks. */
export function classPage(
  say: Say,
  klass: Pick<ClassWithSchool, "id" | "name" | "school">,
  seen: { pupils: readonly RosterPupil[]; homeroom: string | undefined; canReset: boolean; hasDetails: boolean },
): ClassPage {
  const words = say.t.people;
  const waiting = seen.pupils.filter((pupil) => !pupil.has_password && !pupil.has_other_role).length;
  return {
    head: { title: words.class_of(klass.name), eyebrow: klass.school.name, lead: words.class_lead(seen.pupils.length, seen.homeroom ?? words.no_homeroom), actions: seen.hasDetails ? [{ href: `/classes/${klass.id}/details`, label: words.details, icon: "info", kind: "quiet" }] : [] },
    slips: seen.canReset && waiting > 0 ? { action: `/classes/${klass.id}/slips`, label: words.slips_print, icon: "printer", kind: "primary", confirm: words.slips_print_ask(waiting, klass.name) } : undefined,
    note: seen.canReset && waiting === 0 && seen.pupils.length > 0 ? words.slips_all_have : "",
    rows: seen.pupils.map((pupil, i) => ({
      number: String(i + 1),
      name: pupil.name,
      username: pupil.username,
      born: pupil.born_on === null ? "–" : say.f.day(pupil.born_on),
      access: accessBadge(say, pupil),
      reset: seen.canReset && !pupil.has_other_role ? { action: `/classes/${klass.id}/pupils/${pupil.id}/slips`, label: words.reset, icon: "key-round", kind: "quiet", hidden: { username: pupil.username }, confirm: words.reset_ask(pupil.name) } : undefined,
    })),
    empty: seen.pupils.length === 0 ? { icon: "users", title: words.class_empty, text: words.class_empty_text } : undefined,
    canReset: seen.canReset,
  };
}

function accessBadge(say: Say, pupil: RosterPupil): BadgeView {
  const words = say.t.people;
  if (!pupil.has_password) return { label: words.access_none, tone: "warn" };
  return pupil.signed_in_at === null ? { label: words.access_ready, tone: "info" } : { label: words.access_used(say.f.stamp(pupil.signed_in_at)), tone: "good" };
}
