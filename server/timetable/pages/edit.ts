import type { Day } from "../../platform/clock.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import type { EmptyView, ErrorSummaryView, FieldView, OptionView, PageHeadView } from "../../shell/partials.ts";
import { slotField } from "../forms.ts";
import { NUMBERS, SCHOOL_DAYS, SESSIONS, placeKey, teachersOfSlot, type Bell, type Place, type Slot } from "../rules.ts";
import type { ClassNamed, CourseLine } from "../store/weeks.ts";
import { bellWords, placeName, slotName } from "./grid.ts";
import type { Say } from "./class.ts";

export interface EditTimetablePage {
  head: PageHeadView;
  errors: ErrorSummaryView["errors"];
  empty: EmptyView | undefined;
  action: string;
  hidden: Record<string, string>;
  from: FieldView;
  corner: string;
  rows: { label: string; time: string | undefined }[];
  days: { label: string; cells: EditCell[] }[];
  cancel: string;
}

export interface EditCell {
  name: string;
  /** Read to who does not see the grid. */
  label: string;
  slot: string;
  error: string | undefined;
  options: OptionView[];
}

declare global {
  interface Views {
    "timetable/edit": EditTimetablePage;
    "timetable/edit-cell": EditCell;
  }
}

export interface EditKnowledge {
  klass: ClassNamed;
  /** What the page begins with. */
  slots: readonly Slot[];
  base: { id: string; revision: number; from_on: Day } | undefined;
  /** The day offered for a first version. */
  offered: Day;
  courses: readonly CourseLine[];
  bells: readonly Bell[];
}

function valueOf(slot: Slot | undefined): string {
  if (slot === undefined) return "";
  if (slot.kind !== "lesson") return slot.kind;
  return slot.teacher_id === null ? (slot.course_id ?? "") : `${slot.course_id}.${slot.teacher_id}`;
}

export function editPage(known: EditKnowledge, state: FormState, say: Say): EditTimetablePage {
  const words = say.t.timetable;
  const { klass, base } = known;
  const from: FieldView = { name: "from_on", label: words.from, hint: words.from_hint, kind: "date", required: true, value: base?.from_on ?? known.offered };
  const form = formView(say.t, state, { action: `/classes/${klass.id}/timetables`, submit: words.save, fields: [from] });
  const chosen = new Map(known.slots.map((slot) => [placeKey(slot), valueOf(slot)]));
  const options = optionsOf(known, [...new Set(chosen.values())], say);
  const rows = placesOffered(known.bells, known.slots);
  const cell = (place: Place): EditCell => {
    const name = slotField(place);
    const typed = state.typed[name];
    const value = Object.keys(state.typed).length > 0 ? (typeof typed === "string" ? typed : "") : (chosen.get(placeKey(place)) ?? "");
    const error = form.errors.find((one) => one.field === name)?.message;
    return { name, label: placeName(place, say), slot: slotName(place, say), error, options: options.map((option) => ({ ...option, selected: option.value === value })) };
  };
  return {
    head: { title: words.edit_title(klass.name), eyebrow: klass.school_name, lead: words.edit_lead },
    errors: form.errors.map((error) => ({ ...error, label: error.label.startsWith("s.") ? words.period : error.label })),
    empty: known.courses.length === 0 ? { icon: "school", title: words.no_courses, text: words.no_courses_text, action: { href: `/schools/${klass.school_id}/assignments?year=${klass.year_id}&grade=${klass.grade}`, label: words.to_assignments } } : undefined,
    action: form.action,
    hidden: { base: base?.id ?? "", revision: String(base?.revision ?? 0) },
    from: form.fields[0] ?? from,
    corner: words.period,
    rows: rows.map((row) => ({ label: slotName(row, say), time: bellWords(known.bells, row, say) })),
    days: SCHOOL_DAYS.map((day) => ({ label: words.days[day - 1] ?? "", cells: rows.map((row) => cell({ day, ...row })) })),
    cancel: `/classes/${klass.id}/timetable`,
  };
}

/** The periods for which there is a time, and those that stand in the week all the same. */
function placesOffered(bells: readonly Bell[], slots: readonly Slot[]): Pick<Place, "session" | "number">[] {
  const known = [...bells, ...slots];
  return SESSIONS.flatMap((session) => NUMBERS.filter((number) => known.some((one) => one.session === session && one.number === number)).map((number) => ({ session, number })));
}

/** A course with its teacher; one that several share also once for each of them. What stands and is offered no more stays. */
function optionsOf(known: EditKnowledge, standing: readonly string[], { t, lang }: Say): OptionView[] {
  const words = t.timetable;
  const day = known.base?.from_on ?? known.offered;
  const name = (course: CourseLine): string => (lang === "vi" ? course.subject_vi : course.subject_en);
  const teacher = (course: CourseLine, id: string): string => course.turns.find((turn) => turn.person_id === id)?.name ?? "";
  const courses = known.courses.flatMap((course): OptionView[] => {
    const teaching = teachersOfSlot({ teacher_id: null }, course.turns, day);
    const all = teaching.map((id) => teacher(course, id)).join(", ");
    const whole = { value: course.id, label: all === "" ? name(course) : words.shared_option(name(course), all) };
    const single = [...teaching, ...standing.flatMap((value) => (value.startsWith(`${course.id}.`) ? [value.slice(27)] : []))];
    const each = teaching.length > 1 || single.length > teaching.length ? [...new Set(single)].map((id) => ({ value: `${course.id}.${id}`, label: words.shared_option(name(course), teacher(course, id)) })) : [];
    return [whole, ...each];
  });
  return [{ value: "", label: words.free }, ...courses, { value: "flag", label: words.flag }, { value: "homeroom", label: words.homeroom }];
}
