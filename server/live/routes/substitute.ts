import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { conflict } from "../../platform/errors.ts";
import type { Signals } from "../../platform/signals.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { NoticeView } from "../../shell/partials.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openLiveClass } from "../access.ts";
import { SubstituteForm } from "../forms.ts";
import { LIVE_CHANGED } from "../socket.ts";
import { listConflicts, type LiveRow } from "../store/classes.ts";
import { listSubstitutes, saveSubstitute } from "../store/substitutes.ts";
import { crumbsOf } from "./crumbs.ts";
import { byOf } from "./schedule.ts";

type Substitutable = Granted<"substitute", LiveRow>;

/** Who teaches one class in the teacher's place (dạy thay): named by the teacher, the head of the subject or a leader. */
export function addSubstitute(routes: FeatureRoutes, signals: Signals): void {
  const open = (req: Request): Promise<Substitutable> => openLiveClass(req.db, req.actor, idOf(req.params["id"]), "substitute");

  routes.get("/live-classes/:id/substitute", "signed_in", async (req, res) => {
    const live = await open(req);
    await show(req, res, live, blankForm({ person: live.substitute_id ?? "" }), []);
  });

  routes.post("/live-classes/:id/substitute", "signed_in", async (req, res) => {
    const live = await open(req);
    const form = readForm(SubstituteForm, req.body);
    if (!form.ok) return show(req, res.status(422), live, form, []);
    const { person, before, reason, despite_conflicts } = form.value;
    if (person !== "" && !(await listSubstitutes(req.db, live)).some((one) => one.id === person)) {
      return show(req, res.status(422), live, { typed: { person, reason }, errors: [{ field: "person", code: "not_a_choice", params: {} }] }, []);
    }
    const clash = person === "" || despite_conflicts === "yes" ? [] : await clashesOf(req, live, person);
    if (clash.length > 0) return show(req, res.status(422), live, { typed: { person, reason }, errors: [] }, clash);
    const named = { person: person || null, before: before || null, reason, when: req.f.moment(live.starts_at) };
    await saveSubstitute(req.db, live, named, { ...byOf(req), name: req.actor.name });
    signals.tell(LIVE_CHANGED, live.id);
    flash(req, person === "" ? req.t.live_after.substitute.ended : req.t.live_after.substitute.done);
    res.redirect(303, `/live-classes/${live.id}`);
  });
}

/** What the person teaches at that time already. */
async function clashesOf(req: Request, live: LiveRow, person: string): Promise<LiveRow[]> {
  const planned = { starts_at: live.starts_at, length_minutes: live.length_minutes, teacherId: person, classIds: [] };
  return (await listConflicts(req.db, planned)).filter((other) => other.id !== live.id);
}

async function show(req: Request, res: Response, live: Substitutable, state: FormState, clash: readonly LiveRow[]): Promise<void> {
  if (live.state !== "scheduled" && live.state !== "open") throw conflict("live_over");
  const words = req.t.live_after.substitute;
  const people = (await listSubstitutes(req.db, live)).map((one) => ({ value: one.id, label: one.name }));
  const form = formView(req.t, state, {
    action: `/live-classes/${live.id}/substitute`,
    submit: words.submit,
    fields: [
      { name: "person", label: words.person, hint: words.person_hint, kind: "select", options: [{ value: "", label: words.nobody(live.teacher_name) }, ...people] },
      { name: "reason", label: words.reason, kind: "text", required: false, hint: words.reason_hint, attributes: { maxlength: 300 } },
      ...(clash.length > 0 ? [{ name: "despite_conflicts", label: words.despite, kind: "checkbox" as const, value: "yes" }] : []),
    ],
    hidden: { before: live.substitute_id ?? "" },
    cancel: { href: `/live-classes/${live.id}`, label: req.t.shell.cancel },
  });
  const warning = clash.map((other) => req.t.live.schedule.conflict_of(other.courses.map((one) => one.name).join(", "), other.title, req.f.moment(other.starts_at))).join("; ");
  const notice: NoticeView | undefined = clash.length > 0 ? { kind: "warn", title: words.busy, text: warning } : undefined;
  const page = { head: { title: words.title, eyebrow: live.title, lead: words.lead(req.f.moment(live.starts_at), live.teacher_name) }, notice, form };
  res.page("shell/form", page, { title: words.title, crumbs: [...crumbsOf(req, live), { label: words.title }] });
}
