import { z } from "zod";
import { REPORT_STATES } from "../reports/rules.ts";

const count = z.number().int().min(0);
const countedPeriods = z.number().min(0).multipleOf(0.01).describe("Whole periods, unless the definition lets parts of periods count: then with two decimals.");
const basisPoints = z.number().int().min(0).max(10_000).describe("Hundredths of a percent: 200 is 2 %.");
const answer = z.enum(["met", "not_met", "no_plan"]).describe("no_plan: there is no published plan; this is not 0 %.");
const day = z.string().describe("School day (UTC+7), YYYY-MM-DD.");
const month = z.string().describe("YYYY-MM");

const unit = z.strictObject({ id: z.string(), code: z.string(), name: z.string(), kind: z.string().describe("department, commune, cluster or school") });
const school = z.strictObject({ id: z.string(), code: z.string(), name: z.string(), level: z.string().nullable(), area: z.string().nullable() });
/** What every answer about a unit begins with. */
const head = { unit, year: z.string() };

export const UnitMeasures = z
  .strictObject({
    ...head,
    date: day,
    definition: z.strictObject({ version: count, digitised_counter: z.enum(["all", "own"]) }),
    together: z.strictObject({
      ...{ schools: count, schools_without_plan: count, schools_online_met: count, schools_digitised_met: count },
      ...{ counted_periods: countedPeriods, planned_periods: count, lessons_covered: count, own_lessons: count, lessons_planned: count },
    }),
    schools: z.array(
      z.strictObject({
        school,
        targets: z.strictObject({ online_share_bp: basisPoints, digitised_bp: basisPoints }),
        online: z.strictObject({ counted_periods: countedPeriods, planned_periods: count, answer }),
        digitised: z.strictObject({ lessons_covered: count, own_lessons: count, lessons_planned: count, subjects_met: count, subjects_planned: count, answer }),
      }),
    ),
  })
  .describe("Both measures of every school of a unit, and added up: numerators and denominators are summed, never percentages.");

const maybe = count.nullable();
const maybeCounted = z.number().min(0).multipleOf(0.01).nullable().describe("Whole, but for online periods where parts of them count.");
export const Scoreboard = z
  .strictObject({
    ...head,
    month: month.describe("The figures as they hold in this month."),
    board: z.strictObject({ id: z.string(), version: count, name: z.string(), source: z.string() }).nullable().describe("The version in force. Null: the department has published none."),
    indicators: z.array(
      z.strictObject({
        ...{ code: z.string().describe("Names the target through all versions and years."), section: count },
        ...{ name_vi: z.string(), name_en: z.string(), definition_vi: z.string(), definition_en: z.string(), unit_vi: z.string(), unit_en: z.string() },
        measure: z.enum(["schools", "ratio", "count"]).describe("schools: institutions that do it; ratio: a share; count: a number."),
        direction: z.enum(["at_least", "above", "at_most"]),
        source: z.enum(["computed", "imported", "declared"]),
        thresholds: z.record(z.string(), count).describe("By area (all, town, rural, mountain): basis points; numbers for counts. Empty: not set."),
        deadline: day.nullable(),
        together: z.strictObject({ answer: z.enum(["met", "not_met", "no_value", "hidden"]).describe("hidden: it would give a group of fewer than five people away; so for a line."), lines: count, lines_met: maybe, lines_without: count, part: maybe, whole: maybe }),
        lines: z.array(
          z.strictObject({
            ...{ id: z.string(), of: z.enum(["school", "commune", "level"]), code: z.string().nullable(), name: z.string(), area: z.string().nullable() },
            ...{ part: maybeCounted, whole: maybeCounted },
            answer: z.enum(["met", "not_met", "no_value", "hidden"]),
            waiting: z.boolean().describe("The school declared a value that the level above has not confirmed: it counts nowhere."),
          }),
        ),
      }),
    ),
  })
  .describe("Every target of the plan in force with its figure. A group of one to four people is never told above the school: part and whole are null, and so are those of other small groups where they could be found by subtraction.");

export const Assessments = z
  .strictObject({
    ...head,
    form: z
      .strictObject({ ...{ id: z.string(), version: count, name: z.string(), source: z.string(), basic_from: count, well_above: count }, send_by: day, publish_by: day })
      .nullable()
      .describe("The criteria in force. Null: none are published."),
    together: z.strictObject({ schools: count, at_least_1: count, at_least_2: count, at_least_3: count }).describe("Schools with a published level; level 1 is reached by being assessed."),
    schools: z.array(
      z.strictObject({
        school,
        state: z.enum(["none", "draft", "submitted", "returned", "published"]),
        ...{ points_1: maybe, points_2: maybe },
        level: z.number().int().min(1).max(3).nullable().describe("As last sent or checked; it counts once the state is published."),
        submitted_at: z.string().nullable(),
      }),
    ),
  })
  .describe("Self-assessments of Decision 4725/QD-BGDDT.");

const cell = z.strictObject({ subject: z.string(), grade: count, counted_periods: countedPeriods, planned_periods: count, lessons_covered: count, own_lessons: count, lessons_planned: count });
export const Closings = z
  .strictObject({
    ...head,
    month,
    schools: count,
    closings: z.array(
      z.strictObject({
        ...{ id: z.string(), school, number: count.describe("How many times the month was closed, this one included."), as_of: day, closed_at: z.string() },
        ...{ formula_version: count, definition_version: count, digitised_counter: z.enum(["all", "own"]), online_target_bp: basisPoints, digitised_target_bp: basisPoints, target_source: z.string() },
        ...{ counted_periods: countedPeriods, counted_in_month: countedPeriods, planned_periods: count, planned_to_date: count },
        ...{ lessons_covered: count, own_lessons: count, lessons_planned: count, subjects_met: count, subjects_planned: count },
        ...{ online_answer: answer, digitised_answer: answer },
        records_hash: z.string().describe("SHA-256 of the figures and of the records that counted."),
        subjects: z.array(cell).nullable().describe("By subject and grade; null where many schools are asked for."),
      }),
    ),
  })
  .describe("The closings of a month that stand: what was reported. A month that was reopened has none until it is closed again.");

export const Reports = z
  .strictObject({
    ...head,
    period: z.string().describe("2026-10, 2026-Q4, 2026-H2, 2026-T1 (first term) or 2026-2027."),
    together: z.strictObject({ schools: count, sent: count }),
    schools: z.array(z.strictObject({ school, state: z.enum(["none", ...REPORT_STATES]), number: z.string().nullable(), issued_on: day.nullable() })),
  })
  .describe("Who has sent the report of a period.");

const document = z.strictObject({ number: z.string(), issued_on: day }).nullable().describe("The newest issued version. Null: none is issued; a draft is not.");
export const Documents = z
  .strictObject({
    ...head,
    together: z.strictObject({ schools: count, complete: count }),
    schools: z.array(z.strictObject({ school, plan: document, regulations: document, complete: z.boolean() })),
  })
  .describe("The plan and the regulations for online teaching of each school.");
