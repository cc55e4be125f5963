import type { Request, Response } from "express";
import { listYears } from "../../calendar/store.ts";
import { leadersOf } from "../../materials/store/telling.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { openSchool } from "../../organisation/access.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { groupBy } from "../../platform/group.ts";
import { sayText } from "../../platform/messages.ts";
import { TABLE_FORMATS } from "../../platform/table-file.ts";
import { blankForm, readForm, type FieldError, type Typed } from "../../platform/web/form.ts";
import { sendTables } from "../../platform/web/send-tables.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import type { FieldView } from "../../shell/partials.ts";
import { openOffice, yearAsked } from "../access.ts";
import { Asked } from "../forms.ts";
import type { Voice } from "../pages.ts";
import { tabsFor } from "../outlook/access.ts";
import { filesOf, schoolTabs } from "../outlook/pages.ts";
import { subjectNames } from "../store/lists.ts";
import { mayAnswer, mayAsk, openExchange, openOddSchool, type Opened } from "./access.ts";
import { AnswerForm, AskForm, FurtherForm, OddAsked, SettleForm } from "./forms.ts";
import { scopeOf } from "./jobs.ts";
import { odd as catalogue } from "./messages.ts";
import { casesFile, casesTable, officeFile, officeTable, STATE_TONES, stateOf, stateOfLine, trailOf, worthAsking, type OddLine, type OddSchoolPage, type OddSection } from "./pages.ts";
import { asksForQuestion, isNewSince, MESSAGES_MAX, ODD_KINDS, type OddKind } from "./rules.ts";
import { CASES_A_FILE, CASES_SHOWN, listCases } from "./store-cases.ts";
import { askersOf, findExchange, lastCounted, lastMessage, listExchanges, listFigures, listMessages, saveAnswer, saveQuestion, saveReply, type OddExchangeRow, type OddMessage, type Saying } from "./store.ts";

type Shown = { kind: OddKind; form: string; errors: readonly FieldError[]; typed: Typed } | undefined;

/** Figures that ask for a question: officers see where, ask the school, and read what it answers. */
export function oddRoutes(routes: FeatureRoutes): void {
  officeRoutes(routes);
  routes.get("/schools/:id/odd-figures", "signed_in", async (req, res) => {
    await showSchool(req, res, await openOddSchool(req.db, req.actor, idOf(req.params["id"])), undefined);
  });

  for (const format of TABLE_FORMATS) {
    routes.get(`/schools/:id/odd-figures.${format}`, "signed_in", async (req, res) => {
      const school = await openOddSchool(req.db, req.actor, idOf(req.params["id"]));
      const { kind } = OddAsked.parse(req.query);
      const year = yearAsked(await listYears(req.db), Asked.parse(req.query), req.now);
      const scope = await scopeOf(req.db, school.id, year, dayOf(req.now));
      const voice = await voiceOf(req);
      const tables = [];
      for (const one of kind ? [kind] : ODD_KINDS) tables.push(casesFile(one, await listCases(req.db, one, scope, CASES_A_FILE), voice));
      await sendTables(res, format, `${school.code || "truong"}-${year.id}-can-hoi`, tables);
    });
  }

  exchangeRoutes(routes);
}

function exchangeRoutes(routes: FeatureRoutes): void {
  routes.post("/schools/:id/odd-figures/:kind/questions", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "reopen");
    const kind = ODD_KINDS.find((one) => one === req.params["kind"]);
    if (kind === undefined) throw notFound();
    const form = readForm(AskForm, req.body);
    if (!form.ok) return showSchool(req, res.status(422), school, { kind, form: "question", ...form });
    const year = yearAsked(await listYears(req.db), { ...Asked.parse({}), year: form.value.year }, req.now);
    const [figure, newest] = await Promise.all([listFigures(req.db, [school.id], year.id).then((all) => all.find((one) => one.kind === kind)), findExchange(req.db, school.id, year.id, kind)]);
    if (newest !== undefined && newest.state !== "settled") throw conflict("odd_already_asked");
    if (figure === undefined) throw conflict("odd_nothing_to_ask");
    const asked = { year_id: year.id, kind, cases: figure.cases, question: form.value.question };
    await saveQuestion(req.db, school, asked, { people: await leadersOf(req.db, school, req.now), ...telling(req, kind) }, actOf(req));
    flash(req, req.t.odd.ask.sent);
    res.redirect(303, pathOf(school, year.id, kind));
  });

  routes.post("/odd-questions/:id/answer", "signed_in", async (req, res) => {
    const at = await openExchange(req.db, req.actor, idOf(req.params["id"]), "lead");
    const form = readForm(AnswerForm, req.body);
    if (!form.ok) return showSchool(req, res.status(422), at.school, { kind: at.exchange.kind, form: "answer", ...form }, at.exchange.year_id);
    const saying = { act: "answer" as const, seen: form.value.seen, words: form.value.answer };
    await sayOnce(req, res, at, { ...saying, field: "answer", done: req.t.odd.answer.sent }, async () => {
      await saveAnswer(req.db, at.exchange, at.school, saying, { people: await askersOf(req.db, at.exchange), ...telling(req, at.exchange.kind) }, actOf(req));
    });
  });

  routes.post("/odd-questions/:id/questions", "signed_in", async (req, res) => {
    const at = await openExchange(req.db, req.actor, idOf(req.params["id"]), "reopen");
    const form = readForm(FurtherForm, req.body);
    if (!form.ok) return showSchool(req, res.status(422), at.school, { kind: at.exchange.kind, form: "question", ...form }, at.exchange.year_id);
    const saying = { act: "ask" as const, seen: form.value.seen, words: form.value.question };
    await sayOnce(req, res, at, { ...saying, field: "question", done: req.t.odd.ask.sent }, () => reply(req, at, saying));
  });

  routes.post("/odd-questions/:id/settlement", "signed_in", async (req, res) => {
    const at = await openExchange(req.db, req.actor, idOf(req.params["id"]), "reopen");
    const form = readForm(SettleForm, req.body);
    if (!form.ok) return showSchool(req, res.status(422), at.school, { kind: at.exchange.kind, form: "note", ...form }, at.exchange.year_id);
    const saying = { act: "settle" as const, seen: form.value.seen, words: form.value.note };
    await sayOnce(req, res, at, { ...saying, field: "note", done: req.t.odd.settle.done }, () => reply(req, at, saying));
  });
}

async function reply(req: Request, { exchange, school }: Opened<"reopen">, saying: Saying & { act: "ask" | "settle" }): Promise<void> {
  await saveReply(req.db, exchange, school, saying, { people: await leadersOf(req.db, school, req.now), ...telling(req, exchange.kind) }, actOf(req));
}

/**
 * Says it once: the same sent twice has been said; where the other side has said more meanwhile, the page comes with it and
 * with what was typed (409), since an answer or a settlement must not go past words that nobody has read.
 */
async function sayOnce(req: Request, res: Response, { exchange, school }: Opened<"lead"> | Opened<"reopen">, saying: Saying & { field: string; done: string }, save: () => Promise<void>): Promise<void> {
  if (exchange.said === saying.seen) await save();
  else {
    const last = await lastMessage(req.db, exchange);
    const twice = last?.number === saying.seen + 1 && last.said_by === req.actor.personId && last.act === saying.act && last.words === saying.words;
    if (!twice && exchange.state === "settled") throw conflict("odd_settled");
    if (!twice) {
      const errors = [{ field: saying.field, code: "odd_moved", params: {} }];
      return showSchool(req, res.status(409), school, { kind: exchange.kind, form: saying.field, errors, typed: { [saying.field]: saying.words } }, exchange.year_id);
    }
  }
  flash(req, saying.done);
  res.redirect(303, pathOf(school, exchange.year_id, exchange.kind));
}

function officeRoutes(routes: FeatureRoutes): void {
  routes.get("/odd-figures", "signed_in", async (req, res) => showOffice(req, res, await readOffice(req)));
  for (const format of TABLE_FORMATS) {
    routes.get(`/odd-figures.${format}`, "signed_in", async (req, res) => {
      const { unit, year, shown } = await readOffice(req);
      await sendTables(res, format, `${unit.code || "truong"}-${year.id}-can-hoi`, [officeFile(shown, req)]);
    });
  }
}

async function readOffice(req: Request) {
  const [years, { unit, schools }] = await Promise.all([listYears(req.db), openOffice(req.db, req.actor, req.query["unit"], req.now)]);
  const year = yearAsked(years, Asked.parse(req.query), req.now);
  const asked = OddAsked.parse(req.query);
  const ids = schools.map((school) => school.id);
  const [figures, exchanges, counted_at] = await Promise.all([listFigures(req.db, ids, year.id), listExchanges(req.db, ids, year.id), lastCounted(req.db, ids, year.id)]);
  const [figuresOf, exchangesOf] = [groupBy(figures, (one) => one.school_id), groupBy(exchanges, (one) => one.school_id)];
  const all = schools.map((school): OddLine => ({ school, figures: figuresOf.get(school.id) ?? [], exchanges: exchangesOf.get(school.id) ?? [] }));
  const lines = all.filter((line) => worthAsking(line).length > 0).sort((a, b) => worthAsking(b).length - worthAsking(a).length || a.school.name.localeCompare(b.school.name, "vi"));
  const shown = lines.filter((line) => (asked.kind === undefined || worthAsking(line).includes(asked.kind)) && (asked.state === undefined || (asked.kind ? stateOf(asked.kind, line) : stateOfLine(line)) === asked.state));
  return { unit, year, years, asked, lines, shown, exchanges, counted_at };
}

function showOffice(req: Request, res: Response, { unit, year, years, asked, lines, shown, exchanges, counted_at }: Awaited<ReturnType<typeof readOffice>>): void {
  const { t, f } = req;
  const words = t.odd;
  const any = { value: "", label: words.filters.any };
  const count = (state: OddExchangeRow["state"]): string => f.number(exchanges.filter((one) => one.state === state).length);
  const own = req.actor.memberships.filter((m) => m.role === "province_officer" || m.role === "commune_officer");
  const units = [...new Map([[unit.id, unit.name], ...own.map((m): [string, string] => [m.unitId, m.unitName])])].map(([value, label]) => ({ value, label }));
  res.page(
    "measures/odd-office",
    {
      head: { title: words.title, eyebrow: unit.name, lead: counted_at ? words.office_lead(f.stamp(counted_at)) : words.not_counted },
      stats: [
        { label: words.stats.schools, value: f.number(lines.length) },
        { label: words.stats.asked, value: count("asked") },
        { label: words.stats.answered, value: count("answered") },
        { label: words.stats.settled, value: count("settled") },
      ],
      filter: {
        action: "/odd-figures",
        label: t.measures.filters.label,
        fields: [
          { name: "kind", label: words.filters.kind, kind: "select", value: asked.kind ?? "", options: [any, ...ODD_KINDS.map((kind) => ({ value: kind, label: words.kinds[kind].name }))] },
          { name: "state", label: words.filters.state, kind: "select", value: asked.state ?? "", options: [any, ...(["unasked", "asked", "answered", "settled"] as const).map((state) => ({ value: state, label: words.states[state] }))] },
          { name: "year", label: t.measures.filters.year, kind: "select", value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) },
          { name: "unit", label: t.measures.table.units, kind: "select", value: unit.id, options: units },
        ],
      },
      table: shown.length === 0 ? undefined : officeTable(shown, unit.name, year.id, req),
      empty: { icon: "circle-check", title: words.empty, text: words.empty_text },
      files: filesOf("/odd-figures", { unit: unit.id, year: year.id, kind: asked.kind, state: asked.state }, t),
    },
    { title: words.title, crumbs: [{ href: `/measures?unit=${unit.id}&year=${year.id}`, label: t.measures.table.title }], wide: true },
  );
}

async function voiceOf(req: Request): Promise<Voice> {
  return { t: req.t, f: req.f, subjects: await subjectNames(req.db, req.lang) };
}

async function showSchool(req: Request, res: Response, school: UnitRow, form: Shown, yearId?: string): Promise<void> {
  const { t } = req;
  const asked = Asked.parse({ ...req.query, ...(yearId ? { year: yearId } : {}) });
  const year = yearAsked(await listYears(req.db), asked, req.now);
  const kind = form?.kind ?? OddAsked.parse(req.query).kind;
  const [voice, figures, exchanges, counted_at] = await Promise.all([voiceOf(req), listFigures(req.db, [school.id], year.id), listExchanges(req.db, [school.id], year.id), lastCounted(req.db, [school.id], year.id)]);
  const messages = await listMessages(req.db, exchanges);
  const cases = kind ? await listCases(req.db, kind, await scopeOf(req.db, school.id, year, dayOf(req.now))) : [];
  const line: OddLine = { school, figures, exchanges };
  const shown = ODD_KINDS.filter((one) => one === kind || figures.some((figure) => figure.kind === one) || exchanges.some((exchange) => exchange.kind === one));
  const kinds = shown.map((one): OddSection => {
    const section = sectionOf(req, one, line, school, year.id, messages, form);
    return one === kind ? { ...section, link: undefined, cases: casesOf(one, cases, school, year.id, voice) } : section;
  });
  const path = `/schools/${school.id}/odd-figures`;
  const page: OddSchoolPage = {
    head: { title: t.odd.title, eyebrow: school.name, lead: t.odd.school_lead },
    tabs: schoolTabs(school.id, year.id, "odd", tabsFor(req.actor, school), t),
    errors: kinds.flatMap((section) => section.forms).flatMap(({ field }) => (field.error ? [{ field: field.id ?? field.name, label: field.label, message: field.error }] : [])),
    counted: counted_at ? t.odd.counted_at(req.f.stamp(counted_at)) : t.odd.not_counted,
    kinds,
    empty: { icon: "circle-check", title: t.odd.empty, text: t.odd.empty_text },
    files: filesOf(path, { year: year.id, kind }, t),
  };
  const crumbs = mayAsk(req.actor, school) ? [{ href: `/odd-figures?year=${year.id}`, label: t.odd.link }] : [{ label: school.name }, { href: `/schools/${school.id}/measures?year=${year.id}`, label: t.measures.title }];
  res.page("measures/odd-school", page, { title: t.odd.title, crumbs, wide: true });
}

function casesOf(kind: OddKind, cases: Awaited<ReturnType<typeof listCases>>, school: UnitRow, yearId: string, voice: Voice): OddSection["cases"] {
  const words = voice.t.odd.cases;
  const links = { lessons: `/schools/${school.id}/measures/lessons?year=${yearId}`, ledger: "/ledger" };
  return { table: cases.length === 0 ? undefined : casesTable(kind, cases, links, voice), gone: words.gone, cut: cases.length === CASES_SHOWN ? words.cut(voice.f.number(CASES_SHOWN)) : undefined };
}

function sectionOf(req: Request, kind: OddKind, line: OddLine, school: UnitRow, yearId: string, messages: readonly OddMessage[], form: Shown): OddSection {
  const { t, f } = req;
  const words = t.odd.kinds[kind];
  const figure = line.figures.find((one) => one.kind === kind);
  const exchanges = line.exchanges.filter((one) => one.kind === kind);
  const state = stateOf(kind, line);
  const settled = exchanges.find((one) => one.state === "settled");
  return {
    id: kind,
    name: words.name,
    says: words.says(f.number(figure?.cases ?? 0), f.number(figure?.among ?? 0)),
    maybe: t.odd.maybe(words.maybe),
    badge: { label: t.odd.states[state], tone: STATE_TONES[state] },
    more: state === "unasked" && figure && settled && isNewSince(figure.cases, settled) ? t.odd.ask.more : undefined,
    link: figure ? { href: pathOf(school, yearId, kind), label: t.odd.cases.link(f.number(figure.cases)) } : undefined,
    cases: undefined,
    trail: trailOf(exchanges, messages, t, f),
    forms: formsOf(req, kind, { figure, exchange: exchanges[0], school, yearId }, form),
  };
}

/** What the person may do next: ask, answer, settle. */
function formsOf(req: Request, kind: OddKind, at: { figure: OddLine["figures"][number] | undefined; exchange: OddExchangeRow | undefined; school: UnitRow; yearId: string }, form: Shown): OddSection["forms"] {
  const { t, f } = req;
  const words = t.odd;
  const { figure, exchange, school, yearId } = at;
  const open = exchange !== undefined && exchange.state !== "settled";
  const field = (name: string, label: string, value: string, change: Partial<FieldView>): FieldView => {
    const own = form?.kind === kind && form.form === name ? form : { ...blankForm() };
    const error = own.errors.find((one) => one.field === name);
    const typed = own.typed[name];
    return { name, label, kind: "textarea", id: `${name}-${kind}`, value: typeof typed === "string" ? typed : value, error: error ? sayText(t.platform.fields, error.code, error.params) : undefined, ...change };
  };
  const hidden = open ? { seen: String(exchange.said) } : { year: yearId };
  const goesOn = open && exchange.said < MESSAGES_MAX;
  if (mayAsk(req.actor, school)) {
    if (open) {
      const further = { action: `/odd-questions/${exchange.id}/questions`, hidden, field: field("question", words.further.label, "", { required: true, hint: words.ask.hint, attributes: { maxlength: 2000, rows: 3 } }), submit: words.further.submit, kind: "primary" as const };
      const settle = { action: `/odd-questions/${exchange.id}/settlement`, hidden, field: field("note", words.settle.label, "", { required: false, attributes: { maxlength: 2000, rows: 2 } }), submit: words.settle.submit, kind: "quiet" as const };
      return exchange.state === "answered" && goesOn ? [further, settle] : [settle];
    }
    if (figure === undefined || !asksForQuestion(figure) || (exchange && !isNewSince(figure.cases, exchange))) return [];
    const draft = words.ask.draft(words.kinds[kind].says(f.number(figure.cases), f.number(figure.among)));
    return [{ action: `/schools/${school.id}/odd-figures/${kind}/questions`, hidden, field: field("question", words.ask.label, draft, { required: true, hint: words.ask.hint, attributes: { maxlength: 2000, rows: 3 } }), submit: words.ask.submit, kind: "primary" }];
  }
  if (goesOn && mayAnswer(req.actor, school)) {
    const label = exchange.state === "answered" ? words.answer.more : words.answer.label;
    return [{ action: `/odd-questions/${exchange.id}/answer`, hidden, field: field("answer", label, "", { required: true, hint: words.answer.hint, attributes: { maxlength: 4000, rows: 4 } }), submit: words.answer.submit, kind: "primary" }];
  }
  return [];
}

const pathOf = (school: UnitRow, yearId: string, kind: OddKind): string => `/schools/${school.id}/odd-figures?year=${yearId}&kind=${kind}`;

function telling(req: Request, kind: OddKind): { by: string; title: string } {
  return { by: req.actor.name, title: catalogue.vi.kinds[kind].name };
}

function actOf(req: Request): Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}
