import { z } from "zod";
import { createBoard, listIndicators, publishBoard, type Indicator, type IndicatorFacts } from "../indicators/store/boards.ts";
import { provinceAsSystem } from "../indicators/access.ts";
import { models, values } from "../indicators/store/tables.ts";
import { PLAN_1027 } from "../indicators/template.ts";
import { scoreboards } from "../indicators/store/tables.ts";
import { addDays, addMinutes, instantOf } from "../platform/clock.ts";
import { all, col, insertAll, one } from "../platform/db.ts";
import type { Demo } from "./build.ts";
import { demoId, DEPARTMENT } from "./organisation.ts";

/** People signed in some day of the last weeks. */
const SIGNED_IN_DAYS = 25;

const school = z.object({ id: col.id(), name: col.text(), code: col.text(), level: col.maybeText(), area: col.maybeText(), path: col.text(), leader: col.maybeId() });
type School = z.infer<typeof school>;

/** What the department asks of its schools this year where the plan of 2023 gives no number, by area. */
const ASKED: Record<string, IndicatorFacts["thresholds"]> = {
  "1.2": { all: 10_000 },
  "3.1": { all: 10_000, mountain: 9000 },
  "3.2": { town: 10_000, rural: 9000, mountain: 7000 },
  "3.6": { all: 9500, mountain: 8500 },
  "4.1": { all: 9000 },
  "4.2": { town: 8000, rural: 7000, mountain: 5000 },
  "4.3": { town: 10_000, rural: 9000, mountain: 7000 },
  "4.4": { all: 10_000 },
};

/** The plan's scoreboard of the year: published by the department, declared by schools, partly confirmed, with models. */
export async function buildScoreboard(demo: Demo): Promise<void> {
  await signIns(demo);
  const province = await provinceAsSystem(demo.db, DEPARTMENT);
  const year = await one(z.object({ ends_on: col.day() }), demo.db("school_years").where({ id: demo.yearId }).select("ends_on"));
  const facts = PLAN_1027.indicators.map((indicator) => ({ ...indicator, thresholds: ASKED[indicator.code] ?? indicator.thresholds }));
  const act = { by: demoId("province officer"), at: addMinutes(instantOf(demo.term1), 9 * 60), requestId: demoId("scoreboard") };
  const id = await createBoard(demo.db, province, { year_id: demo.yearId, name: PLAN_1027.name_vi, source: PLAN_1027.source, copied_from: null, deadline: year.ends_on, indicators: facts }, act);
  await publishBoard(demo.db, province, await one(scoreboards.row, demo.db("scoreboards").where({ id }).select(scoreboards.columns)), act);
  const schools = await all(
    school,
    demo.db("units as u").where({ "u.kind": "school" }).whereNull("u.closed_on").orderBy("u.name")
      .select("u.id", "u.name", "u.code", "u.level", "u.area", "u.path", demo.db.raw("(SELECT MIN(m.person_id) FROM memberships m WHERE m.unit_id = u.id AND m.role = 'school_leader' AND m.to_on IS NULL) AS leader")),
  );
  await declare(demo, schools, await listIndicators(demo.db, id));
  await nameModels(demo, schools);
}

/** People who used the system lately: nearly all teachers, and of the pupils more where the school teaches online. */
async function signIns(demo: Demo): Promise<void> {
  const rows = await all(
    z.object({ id: col.id(), role: col.text(), area: col.maybeText() }),
    demo.db("memberships as m").join("persons as p", "p.id", "m.person_id").join("units as u", "u.id", "m.unit_id").whereNull("p.signed_in_at").whereIn("m.role", ["teacher", "pupil", "parent", "school_leader"]).orderBy("p.id").distinct("p.id as id", "m.role as role", "u.area as area"),
  );
  const shares: Record<string, number> = { teacher: 0.97, school_leader: 1, pupil: 0.62, parent: 0.34 };
  const byDay = new Map<number, string[]>();
  for (const row of rows) {
    if (demo.random.next() > (shares[row.role] ?? 0) * (row.area === "mountain" ? 0.85 : 1)) continue;
    const ago = Math.floor(demo.random.next() * SIGNED_IN_DAYS);
    byDay.set(ago, [...(byDay.get(ago) ?? []), row.id]);
  }
  for (const [ago, ids] of byDay) for (let i = 0; i < ids.length; i += 400) await demo.db("persons").whereIn("id", ids.slice(i, i + 400)).update({ signed_in_at: instantOf(addDays(demo.today, -ago), "06:50") });
}

const YES_SHARE: Record<string, number> = { "1.2": 0.95, "3.1": 1, "3.2": 0.75, "4.3": 0.8, "4.4": 0.9 };
const EVIDENCE: Record<string, string> = {
  "1.2": "https://csdl.truong.example/xac-nhan",
  "3.1": "https://truong.example/so-diem-dien-tu",
  "3.2": "https://truong.example/hoc-ba-so",
  "4.3": "https://truong.example/thu-khong-dung-tien-mat",
  "4.4": "https://truong.example/tuyen-sinh",
};

/** Schools declared in the second month; most of it is confirmed. One waits, one was returned, one school said nothing yet. */
async function declare(demo: Demo, schools: readonly School[], indicators: readonly Indicator[]): Promise<void> {
  const month = addDays(demo.today, -30).slice(0, 7);
  const at = instantOf(addDays(demo.today, -6), "15:20");
  const decided = instantOf(addDays(demo.today, -3), "09:10");
  const rows: object[] = [];
  const add = (of: School, code: string, figure: { part: number; whole: number }, more: object): void => {
    rows.push({ id: demoId(`value ${of.code} ${code}`), year_id: demo.yearId, code, school_id: of.id, month, ...figure, note: "", evidence_url: null, evidence_blob: null, evidence_name: null, comment: "", standing: true, replaces_id: null, import_id: null, declared_at: at, decided_by: null, decided_at: null, ...more });
  };
  for (const indicator of indicators) {
    for (const [n, of] of schools.entries()) {
      if (indicator.levels.length > 0 && !indicator.levels.includes(of.level ?? "")) continue;
      const officer = demoId(of.path.split("/").length > 4 ? "commune officer" : "province officer");
      if (indicator.source === "imported") {
        const staff = 40 + demo.random.below(60);
        const whole = indicator.code === "4.2" ? 120 + demo.random.below(200) : staff;
        add(of, indicator.code, { part: Math.floor(whole * (0.62 + demo.random.next() * 0.38)), whole }, { source: "imported", state: "confirmed", evidence_name: `bieu-${indicator.code}-${month}.xlsx`, declared_by: officer, decided_by: officer, decided_at: at });
      }
      if (indicator.source !== "declared" || of.leader === null || (n === 1 && indicator.code !== "3.1")) continue;
      const yes = demo.random.chance(YES_SHARE[indicator.code] ?? 0.9);
      const state = indicator.code === "4.3" && n % 3 === 0 ? "declared" : indicator.code === "3.2" && n === 2 ? "returned" : "confirmed";
      const comment = state === "returned" ? "Minh chứng là ảnh chụp của năm học trước. Đề nghị trường gửi lại quyết định của năm học này." : "";
      add(of, indicator.code, { part: yes ? 1 : 0, whole: 1 }, { source: "declared", state, comment, evidence_url: EVIDENCE[indicator.code] ?? null, declared_by: of.leader, ...(state === "declared" ? {} : { decided_by: officer, decided_at: decided }) });
    }
  }
  await insertAll(demo.db, values.name, rows);
}

/** Model digital schools of two levels and the cluster of the demonstration. */
async function nameModels(demo: Demo, schools: readonly School[]): Promise<void> {
  const named = { year_id: demo.yearId, named_by: demoId("province officer"), named_at: addMinutes(instantOf(demo.term1), 3 * 24 * 60), ended_by: null, ended_at: null };
  const decision = "Quyết định 812/QĐ-SGDĐT về việc chọn trường học số điển hình và cụm trường số";
  const model = (unit_id: string, kind: string, note: string) => ({ ...named, id: demoId(`model ${unit_id}`), unit_id, kind, decision, note });
  const of = (key: string) => schools.some((one) => one.id === demoId(key));
  await insertAll(
    demo.db,
    models.name,
    [
      ...(of("thcs-tran-phu") ? [model(demoId("thcs-tran-phu"), "school", "Mở giờ dạy mẫu có lớp học trực tuyến mỗi tháng một lần.")] : []),
      ...(of("thpt-hai-dong") ? [model(demoId("thpt-hai-dong"), "school", "Kho học liệu số dùng chung cho khối THPT.")] : []),
      ...(of("th-hoa-ban") ? [model(demoId("th-hoa-ban"), "school", "Điển hình về học liệu số ở tiểu học.")] : []),
      model(demoId("cluster"), "cluster", "Chia sẻ học liệu và giờ dạy giữa ba trường."),
    ],
  );
}
