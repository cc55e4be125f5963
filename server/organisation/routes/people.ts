import type { Request, Response } from "express";
import { isSystemAdmin, type Role } from "../../access/actor.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm, typedOf, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openSchool, openUnit } from "../access.ts";
import { NewPersonForm, OFFICE_GIVEN, RoleForm, SCHOOL_GIVEN } from "../forms.ts";
import { personRows, roleFields, roleName } from "../pages/people.ts";
import * as people from "../store/people.ts";
import { findGroup, listGroups } from "../store/groups.ts";
import { actOf, crumbsTo } from "./units.ts";

/** A place whose people are kept: the door, the roles that are given there, and where its pages live. */
interface Place {
  office: people.Office;
  roles: readonly Role[];
  base: string;
}

type Open = (req: Request) => Promise<Place>;

const openStaff: Open = async (req) => {
  const office = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
  return { office, roles: SCHOOL_GIVEN, base: `/schools/${office.id}` };
};

const openOfficers: Open = async (req) => {
  const office = await openUnit(req.db, req.actor, idOf(req.params["id"]), "manage");
  if (office.kind !== "department" && office.kind !== "commune") throw notFound();
  const roles = office.kind === "commune" ? OFFICE_GIVEN.slice(0, 1) : OFFICE_GIVEN.slice(1);
  return { office, roles, base: `/units/${office.id}` };
};

export function addPeopleRoutes(routes: FeatureRoutes): void {
  addPlace(routes, "/schools/:id", openStaff);
  addPlace(routes, "/units/:id", openOfficers);
}

function addPlace(routes: FeatureRoutes, path: string, open: Open): void {
  routes.get(`${path}/people`, "signed_in", async (req, res) => {
    await showPeople(req, res, await open(req), {});
  });

  routes.post(`${path}/memberships`, "signed_in", async (req, res) => {
    const place = await open(req);
    const form = readForm(RoleForm, req.body);
    if (!form.ok) return showPeople(req, res.status(422), place, { give: form });
    const { who, ...given } = form.value;
    const person = await people.findPerson(req.db, who);
    const problem = person ? await groupProblem(req, place, given) : { field: "who", code: "unknown_person", params: {} };
    if (!person || problem) return showPeople(req, res.status(422), place, { give: again(req, problem) });
    await people.saveRole(req.db, place.office, person.id, given, actOf(req));
    flash(req, req.t.organisation.role_given(person.name, roleName(req, given.role)));
    res.redirect(303, `${place.base}/people`);
  });

  routes.post(`${path}/people`, "signed_in", async (req, res) => {
    const place = await open(req);
    const form = readForm(NewPersonForm, req.body);
    if (!form.ok) return showPeople(req, res.status(422), place, { create: form });
    const { name, email, ...given } = form.value;
    const problem = await groupProblem(req, place, given);
    if (problem) return showPeople(req, res.status(422), place, { create: again(req, problem) });
    const made = await people.createPersonWithRole(req.db, place.office, { name, email }, given, actOf(req));
    flash(req, req.t.organisation.person_created(name, made.username));
    // An invitation is sent from the account's own page, by those who look after it.
    res.redirect(303, keepsAccounts(req, place) ? `/people/${made.id}/account` : `${place.base}/people`);
  });

  routes.post(`${path}/memberships/:membershipId/ending`, "signed_in", async (req, res) => {
    const place = await open(req);
    const held = await people.loadMember(req.db, place.office, idOf(req.params["membershipId"]));
    if (!held || !place.roles.includes(held.role)) throw notFound();
    await people.endRole(req.db, place.office, held, dayOf(req.now), actOf(req));
    flash(req, req.t.organisation.role_ended(held.name));
    res.redirect(303, `${place.base}/people`);
  });
}

/** A school looks after the accounts of its people, the system's administrator after those of an office. */
function keepsAccounts(req: Request, place: Place): boolean {
  return place.office.kind === "school" || isSystemAdmin(req.actor);
}

/** The role must be one of the place, and a department head's group one of the school. */
async function groupProblem(req: Request, place: Place, given: people.GivenRole): Promise<FieldError | undefined> {
  if (!place.roles.includes(given.role)) return { field: "role", code: "not_a_choice", params: {} };
  if (given.role === "department_head" && given.subject_group_id === null) return { field: "subject_group_id", code: "required", params: {} };
  if (given.role !== "department_head") given.subject_group_id = null;
  if (given.subject_group_id !== null && !(await findGroup(req.db, place.office, given.subject_group_id))) {
    return { field: "subject_group_id", code: "not_a_choice", params: {} };
  }
  return undefined;
}

function again(req: Request, problem: FieldError | undefined): FormState {
  return { errors: problem ? [problem] : [], typed: typedOf(req.body ?? {}) };
}

async function showPeople(req: Request, res: Response, place: Place, state: { give?: FormState; create?: FormState }): Promise<void> {
  const { office, base } = place;
  const words = req.t.organisation;
  const today = dayOf(req.now);
  const chosen = place.roles.find((role) => role === req.query["role"]);
  const members = await people.listMembers(req.db, office, chosen ? [chosen] : place.roles, today);
  const elsewhere = await people.listOtherPlaces(req.db, office, [...new Set(members.map((m) => m.person_id))], today);
  const groups = office.kind === "school" ? await listGroups(req.db, office, today) : [];
  const rows = personRows(req, { base, keepsAccounts: keepsAccounts(req, place) }, members, elsewhere);
  const search = typeof req.query["q"] === "string" ? req.query["q"].trim() : "";
  const shown = search === "" ? rows : rows.filter((row) => matches(row, search));
  const common = { roles: place.roles, groups, today };
  const page = {
    head: { title: words.people_of(office.name), lead: words.people_lead },
    filter: {
      action: `${base}/people`,
      label: words.filter_role,
      fields: [
        { name: "q", label: words.person, kind: "search" as const, value: search },
        { name: "role", label: words.filter_role, kind: "select" as const, value: chosen ?? "", options: [{ value: "", label: words.all_roles }, ...place.roles.map((role) => ({ value: role, label: roleName(req, role) }))] },
      ],
      clearHref: search !== "" || chosen ? `${base}/people` : undefined,
    },
    summary: words.summary(shown.length, rows.length),
    rows: shown,
    empty: rows.length === 0 ? { icon: "users" as const, title: words.no_people, text: words.no_people_text } : undefined,
    give: formView(req.t, state.give ?? blankForm(), {
      action: `${base}/memberships`,
      submit: words.role_give,
      fields: [{ name: "who", label: words.role_who, hint: words.role_who_hint, kind: "text", required: true, attributes: { maxlength: 200, autocomplete: "off" } }, ...roleFields(req, "give", common)],
    }),
    create: formView(req.t, state.create ?? blankForm(), {
      action: `${base}/people`,
      submit: words.person_create,
      fields: [
        { name: "name", id: "create-name", label: words.person, kind: "text", required: true, attributes: { maxlength: 120, autocomplete: "off" } },
        { name: "email", id: "create-email", label: words.email, kind: "email", required: false, attributes: { maxlength: 200, autocomplete: "off" } },
        ...roleFields(req, "create", common),
      ],
    }),
  };
  const title = words.people_of(office.name);
  res.page("organisation/people", page, { title, wide: true, crumbs: await crumbsTo(req, office, [{ label: words.people }]) });
}

function matches(row: { name: string; username: string }, search: string): boolean {
  const text = search.toLocaleLowerCase("vi");
  return row.name.toLocaleLowerCase("vi").includes(text) || row.username.includes(text);
}
