import { definitionOn, listDefinitions } from "../ledger/store/definitions.ts";
import { listSchoolsBelow, listSchoolsOfCluster, type UnitRow } from "../organisation/store.ts";
import type { Day } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { remember } from "../platform/remember.ts";
import { rollUp, type Counter, type RollUp } from "./rules.ts";
import { listPartsOf, listSchoolSums, type Part } from "./store/figures.ts";
import { listTargets, targetsOf, TARGETS_OF_1027, type Targets } from "./store/targets.ts";
import { schoolFigures, type SchoolLine } from "./table.ts";

/** The schools of an office with their sums, added up for the office and for each commune and cluster below it. */
export interface OfficeFigures {
  /** By name. */
  lines: readonly SchoolLine[];
  sum: RollUp;
  parts: readonly { id: string; name: string; sum: RollUp }[];
  levels: ReadonlySet<string | null>;
  areas: ReadonlySet<string | null>;
  counter: Counter;
  targets: Targets;
}

/** Reads and judges the schools of an office as they stand on a day: what every officer of the unit reads. */
export function readOffice(db: Db, unit: UnitRow, yearId: string, today: Day): Promise<OfficeFigures> {
  return officeFigures(db, unit.id, unit.kind, unit.path, yearId, today);
}

const officeFigures = remember(
  ["measure_online_totals", "measure_plan_totals", "targets", "definitions", "units", "cluster_members"],
  async (db: Db, id: string, kind: string, path: string, yearId: string, today: Day): Promise<OfficeFigures> => {
    const [schools, definitions, targets, parts] = await Promise.all([schoolsOf(db, id, kind, path, today), listDefinitions(db), listTargets(db, yearId), listPartsOf(db, id, today)]);
    const counter = definitionOn(definitions, today).digitised_counter;
    const sums = await listSchoolSums(db, schools.map((school) => school.id), yearId, today, { bp: TARGETS_OF_1027.digitised_bp, counter });
    const units = new Map(schools.map((school) => [school.id, school]));
    const lines = sums.flatMap((row): SchoolLine[] => {
      const unit = units.get(row.id);
      const of = targetsOf(targets, row.level);
      return unit ? [{ row, unit, figures: schoolFigures(row, of), online_target: of.online }] : [];
    });
    const [levels, areas] = [new Set(lines.map((line) => line.row.level)), new Set(lines.map((line) => line.unit.area))];
    return { lines, sum: sumOf(lines), parts: addUp(parts, lines), levels, areas, counter, targets: targetsOf(targets, null) };
  },
);

const schoolsOf = remember(
  ["units", "cluster_members"],
  (db: Db, id: string, kind: string, path: string, on: Day): Promise<readonly UnitRow[]> => (kind === "cluster" ? listSchoolsOfCluster(db, id, on) : listSchoolsBelow(db, { path })),
);

function sumOf(lines: readonly SchoolLine[]): RollUp {
  return rollUp(lines.map((line) => line.figures));
}

/** A school is of the commune whose id stands in its path, and of the clusters that name it. */
function addUp(parts: readonly Part[], lines: readonly SchoolLine[]): OfficeFigures["parts"] {
  const own = new Map<string, SchoolLine[]>(parts.map((part) => [part.id, []]));
  const clusters = parts.filter((part) => part.kind === "cluster").map((part) => ({ id: part.id, schools: new Set(part.school_ids) }));
  for (const line of lines) {
    for (const id of line.unit.path.split("/")) own.get(id)?.push(line);
    for (const cluster of clusters) if (cluster.schools.has(line.row.id)) own.get(cluster.id)?.push(line);
  }
  return parts.map(({ id, name }) => ({ id, name, sum: sumOf(own.get(id) ?? []) }));
}
