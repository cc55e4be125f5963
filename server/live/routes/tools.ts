import { randomInt } from "node:crypto";
import type { Request, Response } from "express";
import type { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { ensureHarmless } from "../../digitising/access.ts";
import { addMinutes, dayOf } from "../../platform/clock.ts";
import { csvText } from "../../platform/csv.ts";
import { conflict, forbidden, notFound, tooMany } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import type { Signals } from "../../platform/signals.ts";
import { readForm, type FieldError, type Typed } from "../../platform/web/form.ts";
import { asksForJson, idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { flash } from "../../shell/layout.ts";
import { isPupil, openLiveClass, openRoom } from "../access.ts";
import { AnswerForm, GroupsForm, LateForm, NotesForm, OrderForm, PersonForm, QuestionForm, TimerForm } from "../forms.ts";
import { answerWords } from "../pages/tools.ts";
import type { RoomRates } from "../rates.ts";
import { peopleOf } from "../room.ts";
import { LIVE_CHANGED, LIVE_GROUP, LIVE_PERSON, LIVE_ROOM, LIVE_STAFF } from "../socket.ts";
import { findShown } from "../store/board.ts";
import { noteExport } from "../store/attendance.ts";
import { saveAnswered } from "../store/chat.ts";
import { saveSlide, type LiveRow } from "../store/classes.ts";
import { guestsOf } from "../store/guests.ts";
import { savePresenceEvent } from "../store/presence.ts";
import { listAnswers, listQuestions, saveAnswer, saveQuestion, saveQuestionState } from "../store/questions.ts";
import { findRoom, listMembers, saveAdmitAll, saveCall, saveGroups, saveOrder, savePersonAct, saveRoom } from "../store/rooms.ts";
import { BLANK_PAGES_MAX, checkUntil, choicesOf, nextCalled, sameAnswer } from "../tool-rules.ts";
import { byOf } from "./schedule.ts";
import { currentQuestion } from "./questions.ts";
import { showRoom, toolsNow } from "./room.ts";

type Teach = Granted<"teach", LiveRow>;

/** The tools of the room, as forms: they work without script, and a script sends them without leaving the page. */
export function addTools(routes: FeatureRoutes, signals: Signals, rates: RoomRates): void {
  addQuestions(routes, signals, rates);
  addSettings(routes, signals);
  addMoments(routes, signals, rates);
  addParts(routes);
}

function teach(req: Request): Promise<Teach> {
  return openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
}

function teller(signals: Signals) {
  return (req: Request, res: Response, live: LiveRow, topic: string, at = "live-tools"): void => {
    signals.tell(topic, live.id);
    if (asksForJson(req)) res.json({ ok: true });
    else {
      flash(req, req.t.live_tools.done);
      res.redirect(303, `/live-classes/${live.id}#${at}`);
    }
  };
}

/** Questions to the class: asked, answered, closed, their results shown. */
function addQuestions(routes: FeatureRoutes, signals: Signals, rates: RoomRates): void {
  const done = teller(signals);
  routes.post("/live-classes/:id/questions", "signed_in", async (req, res) => {
    const live = await teach(req);
    const form = readForm(QuestionForm, req.body);
    if (!form.ok) return refuse(req, res, live, form.errors, form.typed);
    const { kind, prompt, a, b, c, d, right, exit } = form.value;
    const options = kind === "choice" ? [a, b, c, d].slice(0, lastFilled([a, b, c, d]) + 1) : [];
    const choices = choicesOf({ kind, options });
    const chosen = choices?.find((choice) => sameAnswer(choice, right) || sameAnswer(choiceWords(choice, req.t), right)) ?? "";
    if (choices && right !== "" && chosen === "") return refuse(req, res, live, [{ field: "right", code: "not_a_choice", params: {} }], form.value);
    await saveQuestion(req.db, live, { kind, is_exit: exit === "yes", prompt, options, right: (choices ? chosen : right) || null }, byOf(req));
    done(req, res, live, LIVE_ROOM);
  });

  routes.post("/live-classes/:id/questions/:question/answer", "signed_in", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    if (!isPupil(req.actor, live)) throw forbidden();
    if (!(await rates.allows(req.actor.personId, "answer"))) throw tooMany();
    const form = readForm(AnswerForm, req.body);
    const saved = form.ok ? await saveAnswer(req.db, live, idOf(req.params["question"]), { by: req.actor.personId, answer: form.value.answer, at: req.now }) : "invalid";
    if (saved !== "saved") return refuse(req, res, live, form.ok ? [{ field: "answer", code: "not_a_choice", params: {} }] : form.errors, {});
    done(req, res, live, LIVE_STAFF, "live-question");
  });

  for (const [noun, state] of [["closing", "closed"], ["result", "shown"]] as const) {
    routes.post(`/live-classes/:id/questions/:question/${noun}`, "signed_in", async (req, res) => {
      const live = await teach(req);
      await saveQuestionState(req.db, live, idOf(req.params["question"]), state, byOf(req));
      done(req, res, live, LIVE_ROOM);
    });
  }
}

/** What the teacher sets: order, the rights of one, timer, notes, groups. */
function addSettings(routes: FeatureRoutes, signals: Signals): void {
  const done = teller(signals);
  act("order", OrderForm, LIVE_ROOM, (req, live, { chat_mode, ...ticked }) =>
    saveOrder(req.db, live, { chat_mode, locked: ticked.locked === "yes", waiting_room: ticked.waiting_room === "yes", pupils_draw: ticked.pupils_draw === "yes" }, byOf(req)),
  );
  act("people", PersonForm, LIVE_ROOM, async (req, live, { person, act: what, reason }) => {
    if (!(await peopleOf(req.db, live, req.now)).some((one) => one.id === person && (one.role === "pupil" || one.role === "guest")) && !(await guestsOf(req.db, live.id)).has(person)) throw notFound();
    await savePersonAct(req.db, live, { id: person, act: what, reason }, byOf(req));
    if (what === "remove" || what === "admit") signals.tell(LIVE_PERSON, `${live.id} ${person}`);
  });
  act("timer", TimerForm, LIVE_ROOM, (req, live, { minutes }) => saveRoom(req.db, live, { timer_ends_at: minutes === 0 ? null : addMinutes(req.now, minutes) }));
  act("notes", NotesForm, LIVE_ROOM, (req, live, { notes }) => saveRoom(req.db, live, { notes }));
  act("lateness", LateForm, LIVE_CHANGED, async (req, live, { minutes }) => {
    if (live.state !== "scheduled") throw conflict("live_not_scheduled");
    await saveRoom(req.db, live, { late_minutes: minutes });
  });
  act("groups", GroupsForm, LIVE_ROOM, async (req, live, { count, minutes }) => {
    const before = await listMembers(req.db, live.id);
    const here = (await peopleOf(req.db, live, req.now)).filter((person) => person.role === "pupil" && person.state === "here").map((person) => person.id);
    if (count > 0 && here.length === 0) throw conflict("live_nobody_here");
    await saveGroups(req.db, live, { count, minutes, here, draw: randomInt }, byOf(req));
    // Whoever was, or is, in a group hears another room from now on.
    const left = new Map(before.filter((member) => member.group_number > 0).map((member) => [member.person_id, member.group_number]));
    for (const person of new Set([...here, ...left.keys()])) signals.tell(LIVE_GROUP, `${live.id} ${person} ${left.get(person) ?? 0}`);
  });

  /** A form of the teacher that changes one thing. */
  function act<S extends z.ZodType>(noun: string, schema: S, topic: string, save: (req: Request, live: Teach, value: z.infer<S>) => Promise<void>): void {
    routes.post(`/live-classes/:id/${noun}`, "signed_in", async (req, res) => {
      const live = await teach(req);
      const form = readForm(schema, req.body);
      if (!form.ok) return refuse(req, res, live, form.errors, form.typed);
      await save(req, live, form.value);
      done(req, res, live, topic);
    });
  }
}

/** Acts of a moment, with nothing to type. */
function addMoments(routes: FeatureRoutes, signals: Signals, rates: RoomRates): void {
  const done = teller(signals);
  routes.post("/live-classes/:id/admissions", "signed_in", async (req, res) => {
    const live = await teach(req);
    const waiting = (await listMembers(req.db, live.id)).filter((member) => member.asked_at !== null && member.admitted_at === null);
    await saveAdmitAll(req.db, live, byOf(req));
    for (const member of waiting) signals.tell(LIVE_PERSON, `${live.id} ${member.person_id}`);
    done(req, res, live, LIVE_STAFF);
  });

  routes.post("/live-classes/:id/calls", "signed_in", async (req, res) => {
    const live = await teach(req);
    const here = (await peopleOf(req.db, live, req.now)).filter((person) => person.role === "pupil" && person.state === "here").map((person) => person.id);
    const calls = new Map((await listMembers(req.db, live.id)).map((member) => [member.person_id, member.calls]));
    const called = nextCalled(here, calls, randomInt);
    if (called === undefined) throw conflict("live_nobody_here");
    await saveCall(req.db, live, called, req.now);
    done(req, res, live, LIVE_ROOM);
  });

  routes.post("/live-classes/:id/checks", "signed_in", async (req, res) => {
    const live = await teach(req);
    if (live.state !== "open") throw conflict("live_not_open");
    await saveRoom(req.db, live, { check_at: req.now });
    await savePresenceEvent(req.db, live.id, { person: req.actor.personId, connection: req.id.slice(0, 40), kind: "asked", at: req.now });
    done(req, res, live, LIVE_ROOM);
  });

  routes.post("/live-classes/:id/check-answers", "signed_in", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    if (!isPupil(req.actor, live)) throw forbidden();
    if (!(await rates.allows(req.actor.personId, "answer"))) throw tooMany();
    const { check_at } = await findRoom(req.db, live.id);
    if (live.state !== "open" || checkUntil(check_at, req.now) === undefined) throw conflict("live_question_closed");
    await savePresenceEvent(req.db, live.id, { person: req.actor.personId, connection: req.id.slice(0, 40), kind: "there", at: req.now });
    done(req, res, live, LIVE_STAFF, "live-stage");
  });

  routes.post("/live-classes/:id/blank-pages", "signed_in", async (req, res) => {
    const live = await teach(req);
    const { blank_pages } = await findRoom(req.db, live.id);
    const page = Math.min(BLANK_PAGES_MAX, blank_pages + 1);
    await saveRoom(req.db, live, { blank_pages: page });
    await saveSlide(req.db, live, -page, req.now);
    done(req, res, live, LIVE_ROOM, "live-stage");
  });

  routes.post("/live-classes/:id/messages/:seq/answered", "signed_in", async (req, res) => {
    const live = await teach(req);
    const seq = Number(req.params["seq"]);
    if (!Number.isSafeInteger(seq)) throw notFound();
    await saveAnswered(req.db, live, seq, req.now);
    done(req, res, live, LIVE_CHANGED, "live-say");
  });
}

/** Parts of the page that are fetched anew, files that were shown, and the answers as a table. */
function addParts(routes: FeatureRoutes): void {
  routes.get("/live-classes/:id/question", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    res.set("Cache-Control", "no-store").send(res.fragment("live/question", await currentQuestion(req, live)));
  });

  routes.get("/live-classes/:id/tools-now", "signed_in", async (req, res) => {
    const live = await teach(req);
    res.set("Cache-Control", "no-store").send(res.fragment("live/tools-now", await toolsNow(req, live)));
  });

  routes.get("/live-classes/:id/files/:material", "guest", async (req, res) => {
    const live = await openRoom(req.db, req.actor, idOf(req.params["id"]));
    const file = await findShown(req.db, live, idOf(req.params["material"]));
    if (!file) throw notFound();
    await ensureHarmless(req.db, file.hash, req.config);
    await sendBlob(req, res, req.blobs, { ...file, show: "inline" });
  });

  routes.get("/live-classes/:id/answers.csv", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "results");
    const questions = await listQuestions(req.db, live);
    const answers = await listAnswers(req.db, questions.map((question) => question.id));
    const words = req.t.live_tools;
    const people = new Map(answers.map((answer) => [answer.person_id, answer.name]));
    const given = new Map(answers.map((answer) => [`${answer.person_id} ${answer.question_id}`, answer.answer]));
    const head = [words.csv_name, ...questions.map((question, i) => `${i + 1}. ${question.prompt}`)];
    const right = [words.right, ...questions.map((question) => (question.right_answer === null ? "" : answerWords(question, question.right_answer, req.t)))];
    const rows = [...people].map(([id, name]) => [name, ...questions.map((question) => answerWords(question, given.get(`${id} ${question.id}`) ?? "", req.t))]);
    await noteExport(req.db, live, byOf(req));
    res.attachment(`${words.csv_file}-${dayOf(live.opened_at ?? live.starts_at)}.csv`);
    res.type("text/csv; charset=utf-8").send(csvText([head, right, ...rows], "bare"));
  });
}

/** What was wrong, at the top of the tools; what was typed stays. */
async function refuse(req: Request, res: Response, live: LiveRow, errors: readonly FieldError[], typed: Typed | object): Promise<void> {
  const message = errors.map((error) => `${labelOf(req, error.field)}: ${sayText(req.t.platform.fields, error.code, error.params)}`).join(" ");
  res.status(422);
  if (asksForJson(req)) return void res.json({ message });
  const joined = await openRoom(req.db, req.actor, live.id);
  await showRoom(req, res, joined, { tools: { message, typed: typed as Typed } });
}

function labelOf(req: Request, field: string): string {
  return (req.t.live_tools.fields as Record<string, string | undefined>)[field] ?? field;
}

function choiceWords(choice: string, t: Words): string {
  return (t.live_tools.answers as Record<string, string | undefined>)[choice] ?? choice;
}

function lastFilled(options: readonly string[]): number {
  return options.reduce((last, option, i) => (option === "" ? last : i), -1);
}
