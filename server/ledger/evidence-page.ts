import type { Formats } from "../platform/i18n.ts";
import { hundredths, isAtLeast, smallestAtLeast } from "../platform/units.ts";
import type { FactsView, PageHeadView, TrailView } from "../shell/partials.ts";
import { fractionHeld, FORMULA_VERSION, isReversed, levelOf, minutesHeld, rulesFor, wasPresent, type Evidence, type EvidenceRules, type ExternalEvidence, type LiveEvidence, type SelfStudyEvidence, type Thresholds } from "./rules.ts";
import { badgeOf, reasonWords, stateWords, thresholdWords } from "./say.ts";
import type { Definition } from "./store/definitions.ts";
import type { LedgerPeriod, OtherDelivery, PeriodHistory } from "./store/periods.ts";
import type { ActRow } from "./store/tables.ts";

interface Check {
  what: string;
  seen: string;
  needed: string;
  ok: boolean;
}

export interface PeriodPage {
  head: PageHeadView;
  facts: FactsView;
  verdict: { kind: "good" | "warn" | "info"; text: string; why: string };
  checks: Check[];
  bands: { label: string; value: string }[];
  others: { href: string; label: string; badge: { label: string; tone: "good" | "neutral" } }[];
  definition: string;
  thresholds: string;
  trail: TrailView;
  acts: {
    confirm: { action: string; label: string } | undefined;
    refuse: { action: string } | undefined;
    reverse: { action: string } | undefined;
    restore: { action: string } | undefined;
  };
}

/** Everything that is known of one delivery when its page is built. */
export interface PeriodKnowledge {
  period: LedgerPeriod;
  standing: PeriodHistory["standing"];
  acts: readonly ActRow[];
  evidence: Evidence | undefined;
  definition: Definition;
  others: readonly OtherDelivery[];
  /** Empty for officers: they see counts, never people. */
  names: ReadonlyMap<string, string>;
  /** The name of the teacher in whose place it was taught. */
  instead: string | undefined;
  may: { record: boolean; confirm: boolean; reverse: boolean; see_live: boolean };
}

export function periodPage(known: PeriodKnowledge, t: Words, f: Formats): PeriodPage {
  const { period, standing, definition } = known;
  const { lesson } = period;
  const reversed = isReversed(known.acts);
  const stands = standing?.delivery_id === period.id ? standing : undefined;
  const level = levelOf(period.course.grade, period.school.level);
  const rules = rulesFor(definition, level);
  return {
    head: {
      title: t.ledger.period_title(period.period_number, lesson.periods, lesson.title),
      eyebrow: period.course.name,
      lead: `${t.ledger.kinds[period.evidence_kind ?? "in_class"]}, ${f.weekday(period.taught_on)}/${period.taught_on.slice(0, 4)}`,
      badges: reversed ? [{ label: t.ledger.period.acts.reverse, tone: "neutral" }] : [badgeOf(stands, t)],
    },
    facts: { items: factsOf(known, t, f) },
    verdict: verdictOf(known, stands, reversed, t, f),
    checks: known.evidence ? checksOf(known.evidence, rules, t, f) : [],
    bands: known.evidence?.kind === "live" ? bandsOf(known.evidence, rules, t) : [],
    others: known.others.map((other) => ({
      href: `/ledger/${other.id}`,
      label: `${t.ledger.kinds[other.evidence_kind ?? "in_class"]}, ${f.day(other.taught_on)}`,
      badge: other.id === standing?.delivery_id ? { label: stateWords(standing, t), tone: "good" } : { label: "–", tone: "neutral" },
    })),
    definition: t.ledger.period.definition_text(definition.version, f.day(definition.valid_from), FORMULA_VERSION),
    thresholds: thresholdWords(definition, [level], t, f),
    trail: trailOf(known, t, f),
    acts: actsOf(known, stands, reversed, t),
  };
}

function factsOf({ period, names, may, instead }: PeriodKnowledge, t: Words, f: Formats): FactsView["items"] {
  const say = t.ledger.period;
  const teacher = names.get(period.taught_by ?? "");
  return [
    { label: say.course, value: period.course.name, ...(may.record ? { href: `/courses/${period.course_id}` } : {}) },
    { label: say.taught_on, value: f.day(period.taught_on) },
    { label: say.mode, value: `${t.ledger.modes[period.mode]}: ${t.ledger.kinds[period.evidence_kind ?? "in_class"]}` },
    ...(teacher ? [{ label: say.teacher, value: instead === undefined ? teacher : say.instead(teacher, instead) }] : []),
    { label: say.legal_form, value: say.legal_forms[period.legal_form] },
    ...(period.legal_reason ? [{ label: say.legal_reason, value: period.legal_reason }] : []),
    ...(period.proof_url ? [{ label: say.proof, value: period.proof_url, href: period.proof_url }] : []),
    ...(period.proof_blob ? [{ label: say.proof, value: period.proof_name ?? say.proof, href: `/ledger/${period.id}/proof` }] : []),
    ...(may.see_live && period.evidence_kind === "live" && period.evidence_id
      ? [{ label: t.ledger.kinds.live, value: say.open_live, href: `/live-classes/${period.evidence_id}` }]
      : []),
  ];
}

function verdictOf(known: PeriodKnowledge, stands: PeriodHistory["standing"], reversed: boolean, t: Words, f: Formats): PeriodPage["verdict"] {
  const say = t.ledger.period;
  if (reversed) return { kind: "info", text: say.reversed_because, why: "" };
  const judged = known.acts.findLast((act) => act.act === "judge");
  const why = reasonWords(judged?.reason ?? null, judged?.params ?? {}, t, f);
  if (stands === undefined) return { kind: "info", text: known.standing?.state === "counted" ? say.superseded : say.not_counted_because, why };
  if (stands.state === "recorded") return { kind: "info", text: say.recorded_because, why: "" };
  if (stands.state === "counted") return { kind: "good", text: stands.reason === "part" ? say.part_because : say.counted_because, why };
  return { kind: "warn", text: say.not_counted_because, why };
}

function checksOf(evidence: Evidence, rules: EvidenceRules, t: Words, f: Formats): Check[] {
  switch (evidence.kind) {
    case "live":
      return liveChecks(evidence, rules, t, f);
    case "self_study":
      return studyChecks(evidence, rules, t);
    case "external":
      return externalChecks(evidence, t);
  }
}

function liveChecks(live: LiveEvidence, rules: EvidenceRules, t: Words, f: Formats): Check[] {
  const say = t.ledger.period;
  const planned = live.place * live.period_length;
  const neededTenths = smallestAtLeast(planned * 10, rules.live_length);
  const present = live.class_list.filter((pupil) => wasPresent(pupil, live.length, rules)).length;
  const size = live.class_list.length;
  const needed = smallestAtLeast(size, rules.live_class_present);
  const held = fractionHeld(live);
  const partly = rules.partial_periods === "by_fraction" && !isAtLeast(live.length, planned, rules.live_length);
  return [
    { what: say.length, seen: say.minutes(f.number(live.length)), needed: say.minutes(f.number(neededTenths / 10, 1)), ok: live.length * 10 >= neededTenths },
    ...(partly ? [{ what: say.held, seen: say.held_of(minutesHeld(live), live.period_length, f.periods(hundredths(held))), needed: say.held_needed, ok: held > 0 }] : []),
    { what: say.present, seen: say.of_class(present, size), needed: say.of_class(needed, size), ok: size > 0 && present >= needed },
  ];
}

function studyChecks(study: SelfStudyEvidence, thresholds: Thresholds, t: Words): Check[] {
  const say = t.ledger.period;
  const needed = smallestAtLeast(study.class_size, thresholds.self_study_completed);
  const { completed_in_time: done, class_size: size } = study;
  return [{ what: say.completed, seen: say.of_class(done, size), needed: say.of_class(needed, size), ok: size > 0 && done >= needed }];
}

function externalChecks(external: ExternalEvidence, t: Words): Check[] {
  const say = t.ledger.period;
  return [
    { what: say.has_proof, seen: external.has_proof ? say.yes : say.no, needed: say.yes, ok: external.has_proof },
    { what: say.confirmation, seen: say.confirmations[external.confirmation], needed: say.confirmations.confirmed, ok: external.confirmation === "confirmed" },
  ];
}

/** Attendance without names: how many stayed, came too shortly, did not come; and how many the teacher corrected. */
function bandsOf(live: LiveEvidence, thresholds: Thresholds, t: Words): PeriodPage["bands"] {
  const say = t.ledger.period;
  const enough = live.class_list.filter((pupil) => wasPresent(pupil, live.length, thresholds));
  const absent = live.class_list.filter((pupil) => !enough.includes(pupil) && pupil.stayed === 0);
  const corrected = live.class_list.filter((pupil) => pupil.corrected !== null);
  const band = (label: string, count: number) => ({ label, value: say.pupils(count) });
  return [
    band(say.attendance_bands.enough, enough.length),
    band(say.attendance_bands.partly, live.class_list.length - enough.length - absent.length),
    band(say.attendance_bands.absent, absent.length),
    band(say.attendance_bands.corrected, corrected.length),
  ];
}

function trailOf({ period, acts, names }: PeriodKnowledge, t: Words, f: Formats): TrailView {
  const say = t.ledger.period;
  const who = (by: string | null): string => (by === null ? say.by_system : (names.get(by) ?? ""));
  const when = (by: string | null, at: string): string => [who(by), f.stamp(at)].filter(Boolean).join(", ");
  return {
    items: [
      { title: say.recorded, detail: when(period.declared_by, period.created_at), icon: "notebook-pen" },
      ...acts.map((act): TrailView["items"][number] => {
        const detail = when(act.by, act.at);
        if (act.act !== "judge") {
          const negative = act.act === "refuse" || act.act === "reverse";
          return { title: say.acts[act.act], detail, text: act.comment || undefined, icon: negative ? "undo-2" : "check", tone: negative ? "bad" : "good" };
        }
        const text = reasonWords(act.reason, act.params, t, f) || undefined;
        return act.counted
          ? { title: text === undefined ? say.judged.counted : say.judged.part, detail, text, icon: "circle-check", tone: "good" }
          : { title: say.judged.not_counted, detail, text, icon: "scale", tone: "warn" };
      }),
    ],
  };
}

function actsOf(known: PeriodKnowledge, stands: PeriodHistory["standing"], reversed: boolean, t: Words): PeriodPage["acts"] {
  const { period, may, evidence, acts } = known;
  const path = `/ledger/${period.id}`;
  const external = evidence?.kind === "external" ? evidence.confirmation : undefined;
  const confirmed = acts.some((act) => act.act === "confirm");
  const own = may.record && external === undefined && !confirmed && stands !== undefined;
  const others = may.confirm && external !== undefined && external !== "confirmed";
  return {
    confirm: !reversed && (own || others) ? { action: `${path}/confirmation`, label: external ? t.ledger.acts.confirm_external : t.ledger.acts.confirm } : undefined,
    refuse: !reversed && may.confirm && external === "waiting" ? { action: `${path}/refusal` } : undefined,
    reverse: !reversed && may.reverse ? { action: `${path}/reversal` } : undefined,
    restore: reversed && may.reverse ? { action: `${path}/restoration` } : undefined,
  };
}

declare global {
  interface Views {
    "ledger/period": PeriodPage & { errors: { field: string; label: string; message: string }[]; typed: Record<string, string> };
  }
}
