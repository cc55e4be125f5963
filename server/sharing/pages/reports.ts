import type { Speech } from "../../materials/pages/parts.ts";
import type { BadgeView, EmptyView, FieldView, PageHeadView } from "../../shell/partials.ts";
import type { ReportRow } from "../store/reports.ts";

export interface ReportView {
  title: string;
  href: string;
  detail: string;
  badges: BadgeView[];
  words: string;
  answer: { text: string; detail: string } | undefined;
  form: { action: string; label: string; field: FieldView } | undefined;
}

export interface ReportsPage {
  head: PageHeadView;
  sections: { id: string; title: string; reports: ReportView[] }[];
  empty: EmptyView | undefined;
}

declare global {
  interface Views {
    "sharing/reports": ReportsPage;
    "sharing/report": ReportView;
  }
}

interface Facts {
  open: readonly ReportRow[];
  answered: readonly ReportRow[];
  own: readonly ReportRow[];
  /** What was wrong with an answer that was sent. */
  problem: { id: string; text: string; typed: string } | undefined;
}

export function reportsPage(speech: Speech, facts: Facts): ReportsPage {
  const { t } = speech;
  const words = t.sharing;
  const section = (id: string, title: string, reports: readonly ReportRow[], mayAnswer: boolean): ReportsPage["sections"] =>
    reports.length === 0 ? [] : [{ id, title, reports: reports.map((report) => reportView(speech, report, mayAnswer, facts.problem)) }];
  const sections = [...section("open", words.reports_open, facts.open, true), ...section("own", words.reports_own, facts.own, false), ...section("answered", words.reports_answered, facts.answered, false)];
  return {
    head: { title: words.reports, lead: words.reports_lead(facts.open.length) },
    sections,
    empty: sections.length === 0 ? { icon: "flag", title: words.reports_empty } : undefined,
  };
}

function reportView({ t, f }: Speech, report: ReportRow, mayAnswer: boolean, problem: Facts["problem"]): ReportView {
  const words = t.sharing;
  const wrong = problem?.id === report.id ? problem : undefined;
  return {
    title: report.title,
    href: `/library/materials/${report.material_id}`,
    detail: [report.school_name, words.report_by(report.reporter_name, f.stamp(report.reported_at))].join(" · "),
    badges: [{ label: words.report_kinds[report.kind] ?? report.kind, tone: "warn" }, ...(report.taken_down_at === null ? [] : [{ label: words.gone_title, tone: "neutral" as const }])],
    words: report.words,
    answer: report.answered_at === null ? undefined : { text: report.answer, detail: words.answered_by(report.answerer_name ?? "", f.stamp(report.answered_at)) },
    form: mayAnswer
      ? { action: `/library/reports/${report.id}/answer`, label: words.answer_send, field: { name: "answer", id: `answer-${report.id}`, label: words.answer, kind: "textarea", value: wrong?.typed, error: wrong?.text, required: true, attributes: { maxlength: 2000, rows: 2 } } }
      : undefined,
  };
}
