import { clockOf } from "../../platform/media-time.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { sayText } from "../../platform/messages.ts";
import type { ActView, BadgeView, FieldView } from "../../shell/partials.ts";
import type { CommentRow } from "../store/comments.ts";
import type { MaterialRow } from "../store.ts";
import type { Speech } from "./parts.ts";
import type { ViewerView } from "./viewer.ts";

interface SaidView {
  who: string;
  when: string;
  text: string;
  withdrawn: boolean;
  withdraw: ActView | undefined;
}

/** A thread: what was said first, where, and the answers. */
export interface ThreadView {
  id: string;
  /** Where it is pinned; a script takes the viewer there. */
  pin: { text: string; page: string | undefined; seconds: string | undefined; x: string | undefined; y: string | undefined } | undefined;
  version: string;
  badge: BadgeView | undefined;
  said: SaidView[];
  settle: ActView | undefined;
  reply: { action: string; hidden: Record<string, string>; body: FieldView } | undefined;
}

export interface CommentsView {
  title: string;
  /** For the uploader of a returned version: what is to be done. */
  todo: string | undefined;
  open: ThreadView[];
  settled: { summary: string; threads: ThreadView[] } | undefined;
  form: { action: string; hidden: Record<string, string>; place: FieldView | undefined; body: FieldView; point: { x: string; y: string } | undefined };
}

declare global {
  interface Views {
    "materials/comments": { comments: CommentsView };
    "materials/thread": { thread: ThreadView };
  }
}

export interface CommentsFacts {
  material: MaterialRow;
  shown: { id: string };
  comments: readonly CommentRow[];
  /** What the file is shown as: pages, or time. */
  shows: ViewerView["shows"];
  me: string;
  /** Where to go on after a comment: the queue, or (empty) the material. */
  back: string;
  /** Whether this person may settle what somebody else said. */
  maySettle: (first: CommentRow) => boolean;
  problem: FormState | undefined;
}

export function commentsView(speech: Speech, facts: CommentsFacts): CommentsView {
  const { t } = speech;
  const words = t.materials.comments;
  const threads = new Map<string, CommentRow[]>();
  for (const comment of facts.comments) threads.set(comment.thread_id, [...(threads.get(comment.thread_id) ?? []), comment]);
  const all = [...threads.values()].map((said) => ({ open: said[0]?.state === "open", view: threadView(speech, facts, said) }));
  const open = all.filter((thread) => thread.open).map((thread) => thread.view);
  const settled = all.filter((thread) => !thread.open).map((thread) => thread.view);
  const isAuthor = facts.me === facts.material.uploaded_by || facts.me === facts.material.latest.uploaded_by;
  return {
    title: words.title(open.length),
    todo: isAuthor && facts.material.state === "draft" && open.length > 0 ? words.todo(open.length) : undefined,
    open,
    settled: settled.length === 0 ? undefined : { summary: words.settled(settled.length), threads: settled },
    form: newForm(speech, facts),
  };
}

function threadView({ t, f }: Speech, facts: CommentsFacts, said: readonly CommentRow[]): ThreadView {
  const words = t.materials.comments;
  const first = said[0] as CommentRow;
  const base = `/materials/${first.material_id}/comments/${first.id}`;
  const isOpen = first.state === "open";
  return {
    id: `comment-${first.id}`,
    pin: pinOf(t, first),
    version: t.materials.version(first.version_number),
    badge: isOpen ? undefined : { label: first.state === "withdrawn" ? words.withdrawn : words.resolved(first.settler ?? ""), tone: first.state === "withdrawn" ? "neutral" : "good" },
    said: said.map((comment) => ({
      who: comment.name,
      when: f.moment(comment.at),
      text: comment.body,
      withdrawn: comment.state === "withdrawn",
      withdraw:
        comment.by === facts.me && comment.state === "open"
          ? { action: `/materials/${comment.material_id}/comments/${comment.id}/withdrawal`, label: words.withdraw, icon: "x", kind: "quiet", confirm: words.withdraw_sure, hidden: { back: facts.back } }
          : undefined,
    })),
    settle:
      first.state === "withdrawn" || !facts.maySettle(first)
        ? undefined
        : isOpen
          ? { action: `${base}/resolution`, label: words.resolve, icon: "check", hidden: { back: facts.back } }
          : { action: `${base}/resolution-removal`, label: words.reopen, icon: "undo-2", kind: "quiet", hidden: { back: facts.back } },
    reply:
      isOpen
        ? {
            action: `/materials/${first.material_id}/comments`,
            hidden: { version: first.version_id, thread: first.id, back: facts.back },
            body: { name: "body", id: `reply-${first.id}`, label: words.reply, kind: "textarea", required: true, attributes: { maxlength: 2000, rows: 2 } },
          }
        : undefined,
  };
}

function pinOf(t: Words, comment: CommentRow): ThreadView["pin"] {
  const words = t.materials.comments;
  const none = { page: undefined, seconds: undefined, x: undefined, y: undefined };
  const point = comment.at_x === null || comment.at_y === null ? undefined : { x: String(comment.at_x), y: String(comment.at_y) };
  if (comment.page !== null) return { ...none, ...point, text: point ? words.page_point(comment.page) : words.page(comment.page), page: String(comment.page) };
  if (comment.time_ms !== null) return { ...none, text: words.time(clockOf(comment.time_ms)), seconds: String(Math.floor(comment.time_ms / 1000)) };
  return point && { ...none, ...point, text: words.picture_point };
}

function newForm({ t }: Speech, { material, shown, shows, back, problem }: CommentsFacts): CommentsView["form"] {
  const words = t.materials.comments;
  const errorOf = (name: string): string | undefined => {
    const error = problem?.errors.find((one) => one.field === name);
    return error && sayText(t.platform.fields, error.code, error.params);
  };
  const typed = (name: string): string => (typeof problem?.typed[name] === "string" ? problem.typed[name] : "");
  const place: FieldView | undefined =
    shows === "pdf"
      ? { name: "page", id: "comment-place", label: words.on_page, kind: "number", value: typed("page"), error: errorOf("page"), required: false, hint: words.place_hint, attributes: { min: 1, max: 50_000, inputmode: "numeric" } }
      : shows === "video" || shows === "audio"
        ? { name: "time", id: "comment-place", label: words.at_time, kind: "text", value: typed("time"), error: errorOf("time"), required: false, hint: words.time_hint, attributes: { maxlength: 8, placeholder: "2:05" } }
        : undefined;
  return {
    action: `/materials/${material.id}/comments`,
    hidden: { version: shown.id, back },
    place,
    point: shows === "pdf" || shows === "image" ? { x: typed("x"), y: typed("y") } : undefined,
    body: { name: "body", id: "comment-body", label: words.say, kind: "textarea", value: typed("body"), error: errorOf("body"), required: true, attributes: { maxlength: 2000, rows: 3 } },
  };
}
