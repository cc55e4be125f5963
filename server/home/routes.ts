import type { Request } from "express";
import type { Actor } from "../access/actor.ts";
import { weekOfDay } from "../calendar/rules.ts";
import { weeksOfSchool, yearOfDay } from "../calendar/store.ts";
import { waitingFor } from "../ledger/access.ts";
import { liveClassesVisibleTo, may } from "../live/access.ts";
import { listMine } from "../live/store/classes.ts";
import { isYourTurn, reviews, turnOfRow } from "../materials/access.ts";
import { listOwnWaiting, listQueue } from "../materials/store/lists.ts";
import { openMeasures } from "../measures/access.ts";
import { metersOf } from "../measures/pages.ts";
import { recordLook } from "../platform/audit.ts";
import { addMinutes, dayOf, minuteOf } from "../platform/clock.ts";
import { givenName } from "../platform/text.ts";
import { featureRoutes, type FeatureRoutes } from "../platform/web/router.ts";
import { childPart, classRows, declarations, dueRows, isNext, nextUp, queueRows, returnedRows, sentRows, setUpSteps, unfinishedRows, weekPart, type HomePage, type ListPart } from "./pages.ts";
import { uploadKinds } from "../upload-kinds.ts";
import { placesOf } from "../uploads/places.ts";
import { listUnfinishedAround } from "../uploads/store.ts";
import * as store from "./store.ts";
import { todayPart, weekRoutes } from "./week-routes.ts";

/** The home page: what each role has to do now. */
export function homeRoutes(): FeatureRoutes {
  const routes = featureRoutes();

  routes.get("/", "signed_in", async (req, res) => {
    const page = await homePage(req);
    res.page("home/show", page, { title: page.head.title });
  });

  weekRoutes(routes);

  return routes;
}

async function homePage(req: Request): Promise<HomePage> {
  const { actor, t } = req;
  const page: HomePage = {
    head: { title: t.home.today, eyebrow: t.home.hello(givenName(actor.name)), lead: req.f.weekday(dayOf(req.now)) },
    next: undefined,
    calm: undefined,
    lists: [],
    week: undefined,
    figures: undefined,
    steps: undefined,
    cards: [],
  };
  if (actor.memberships.length === 0) page.calm = { icon: "user", title: t.home.no_roles_title, text: t.home.no_roles_text };
  const [figures, toCome, due, waiting, declared, week, children, steps, unfinished, lessonsToday] = await Promise.all([
    holds(actor, "school_leader") ? schoolFigures(req) : undefined,
    attends(actor) ? listMine(req.db, liveClassesVisibleTo(actor), "to_come", req.now) : undefined,
    holds(actor, "pupil") ? pupilDue(req) : undefined,
    reviews(actor) ? queue(req) : undefined,
    waitingFor(req.db, actor),
    actor.teaches.size > 0 ? teachersWeek(req) : undefined,
    holds(actor, "parent") ? childParts(req) : [],
    holds(actor, "school_admin") ? setUp(req) : undefined,
    listUnfinishedAround(req.db, actor.personId, minuteOf(req.now)),
    hasWeek(actor) ? todayPart(req) : [],
  ]);
  page.figures = figures;
  page.week = week?.part;
  page.steps = steps;
  if (hasWeek(actor)) page.head.actions = [{ href: "/timetable", label: t.home.timetable.title, icon: "calendar-days" }];
  if (toCome) addClasses(req, page, toCome);
  page.lists.push(...lessonsToday);
  if (due) page.lists.push(dueRows(...due, req));
  if (waiting) page.lists.push(waiting);
  page.lists.push(...unfinishedRows(await placesOf(req.db, uploadKinds, unfinished), req));
  page.lists.push(...declarations(declared, req), ...(week?.returned ?? []), ...children);
  addCards(req, page);
  return page;
}

/** Learns or teaches; a teacher without courses may teach in another's place. */
function attends(actor: Actor): boolean {
  return actor.teaches.size > 0 || (["pupil", "teacher", "department_head", "school_leader"] as const).some((role) => holds(actor, role));
}

/** Whether a timetable says anything of the person's own week. */
function hasWeek(actor: Actor): boolean {
  return [actor.teachesClasses, actor.homeroomOf, actor.pupilOf, actor.childrenClasses].some((classes) => classes.size > 0);
}

function holds(actor: Actor, role: Actor["memberships"][number]["role"]): boolean {
  return actor.memberships.some((m) => m.role === role);
}

function addClasses(req: Request, page: HomePage, toCome: Awaited<ReturnType<typeof listMine>>): void {
  const next = toCome.find((live) => isNext(live, req.now));
  const teaches = next !== undefined && may(req.actor, "teach", next);
  if (next) page.next = nextUp(next, req.now, teaches, req);
  else if (holds(req.actor, "pupil")) page.calm = { icon: "video", title: req.t.home.no_class_title, text: req.t.home.no_class_text };
  const later = toCome.filter((live) => live !== next);
  if (later.length > 0) page.lists.push(classRows(later, req));
}

async function pupilDue(req: Request): Promise<[store.DueRow[], store.OpenedRow | undefined]> {
  const { personId, pupilOf } = req.actor;
  const [due, kits, last] = await Promise.all([store.listDue(req.db, personId, [...pupilOf], req.now), store.listKits(req.db, personId, req.now), store.findLastOpened(req.db, personId)]);
  return [[...kits, ...due], last];
}

/** What waits for this person's decision, not for somebody else's. */
async function queue(req: Request): Promise<ListPart> {
  const all = await listQueue(req.db, req.actor, req.now);
  return queueRows(all.filter((material) => isYourTurn(req.actor, material)), req);
}

/** "Tuần này": the week's lessons of the courses one teaches, and what came back to be improved. */
async function teachersWeek(req: Request): Promise<{ part: HomePage["week"]; returned: ListPart[] }> {
  const [week, returned, sent] = await Promise.all([weekNow(req), store.listReturned(req.db, req.actor.personId), listOwnWaiting(req.db, req.actor.personId, req.now)]);
  const lessons = week === undefined ? [] : await store.listWeek(req.db, [...req.actor.teaches], week);
  return { part: weekPart(lessons, week, req), returned: [...returnedRows(returned, req), ...sentRows(sent.map((material) => ({ ...material, turn: turnOfRow(material) })), req)] };
}

/** The number of the study week at the person's school. */
async function weekNow(req: Request): Promise<number | undefined> {
  const school = req.actor.memberships.find((m) => m.role === "teacher" || m.role === "department_head" || m.role === "school_leader");
  const year = await yearOfDay(req.db, dayOf(req.now));
  return year && school ? weekOfDay(await weeksOfSchool(req.db, year, school.unitId), dayOf(req.now))?.number : undefined;
}

async function schoolFigures(req: Request): Promise<HomePage["figures"]> {
  const leads = req.actor.memberships.find((m) => m.role === "school_leader");
  if (!leads || !(await yearOfDay(req.db, dayOf(req.now)))) return undefined;
  const { measures } = await openMeasures(req.db, req.actor, leads.unitId, {}, req.now);
  return { title: req.t.home.figures(leads.unitName), meters: metersOf(measures, { ...req, subjects: new Map() }), href: `/schools/${leads.unitId}/measures` };
}

async function childParts(req: Request): Promise<ListPart[]> {
  const children = await store.listChildren(req.db, [...req.actor.children], dayOf(req.now));
  const parts = await Promise.all(
    children.map(async (child): Promise<ListPart[]> => {
      const [kits, due, absences, done] = await Promise.all([
        store.listKits(req.db, child.id, req.now),
        store.listDue(req.db, child.id, [child.class_id], req.now),
        store.listAbsences(req.db, child.id, addMinutes(req.now, -30 * 24 * 60)),
        store.countDone(req.db, child.id, addMinutes(req.now, -7 * 24 * 60)),
        recordLook(req.db, { at: req.now, actorId: req.actor.personId, pupilId: child.id, what: "home" }),
      ]);
      return childPart(child, { due: [...kits, ...due], absences, done }, req);
    }),
  );
  return parts.flat();
}

async function setUp(req: Request): Promise<HomePage["steps"]> {
  const school = req.actor.memberships.find((m) => m.role === "school_admin");
  const year = await yearOfDay(req.db, dayOf(req.now));
  if (!school || !year) return undefined;
  return setUpSteps({ id: school.unitId, name: school.unitName }, await store.countSetUp(req.db, school.unitId, year.id), req);
}

/** Where officers and administrators go on from here. */
function addCards(req: Request, page: HomePage): void {
  const words = req.t.home;
  const officer = holds(req.actor, "province_officer") || holds(req.actor, "commune_officer");
  if (officer) page.cards.push({ title: words.open_table, href: "/measures", text: words.open_table_text });
  if (officer || holds(req.actor, "system_admin")) page.cards.push({ title: words.units, href: "/units", text: words.units_text });
  if (holds(req.actor, "province_officer") || holds(req.actor, "system_admin")) page.cards.push({ title: words.years, href: "/school-years", text: words.years_text });
}
