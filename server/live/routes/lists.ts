import type { FeatureRoutes } from "../../platform/web/router.ts";
import { idOf } from "../../platform/web/router.ts";
import type { ActionView } from "../../shell/partials.ts";
import { liveClassesVisibleTo, openLiveCourse, teaches } from "../access.ts";
import { listPage } from "../pages/list.ts";
import { findCalendarLink } from "../store/after.ts";
import { listMine, listOfCourse } from "../store/classes.ts";
import { listTaught } from "../store/planning.ts";

export function addLists(routes: FeatureRoutes): void {
  routes.get("/live-classes", "signed_in", async (req, res) => {
    const visible = liveClassesVisibleTo(req.actor);
    const lists = { toCome: await listMine(req.db, visible, "to_come", req.now), over: await listMine(req.db, visible, "over", req.now) };
    const taught = visible.courseIds.length > 0 ? await listTaught(req.db, visible.courseIds) : [];
    const plan = taught.map((course): ActionView => ({ href: `/courses/${course.id}/live-classes/new`, label: course.name, icon: "plus" }));
    const consents: ActionView[] = req.actor.children.size > 0 ? [{ href: "/recording-consents", label: req.t.recording.consent.title, icon: "mic" }] : [];
    const about = { title: req.t.live.title, lead: req.t.live.lead, actions: consents, calendar: { since: await findCalendarLink(req.db, req.actor.personId) }, plan, teaches: plan.length > 0 };
    res.page("live/list", listPage(lists, about, req.now, req), { title: req.t.live.title });
  });

  routes.get("/courses/:id/live-classes", "signed_in", async (req, res) => {
    const course = await openLiveCourse(req.db, req.actor, idOf(req.params["id"]), "read");
    const lists = { toCome: await listOfCourse(req.db, course, "to_come", req.now), over: await listOfCourse(req.db, course, "over", req.now) };
    const mine = teaches(req.actor, course);
    const actions: ActionView[] = mine ? [{ href: `/courses/${course.id}/live-classes/new`, label: req.t.live.plan_one, icon: "plus" }, { href: `/courses/${course.id}/live-classes/series`, label: req.t.live_after.from_timetable.link, icon: "calendar-days", kind: "primary" }] : [];
    const about = { title: req.t.live.title, eyebrow: course.name, lead: req.t.live.lead_course(course.name), actions, calendar: undefined, plan: [], teaches: mine };
    const crumbs = [{ href: `/courses/${course.id}`, label: course.name }, { label: req.t.live.title }];
    res.page("live/list", listPage(lists, about, req.now, req), { title: `${req.t.live.title}: ${course.name}`, crumbs });
  });
}
