import { fileIcon } from "../shell/icons.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import { sayText } from "../platform/messages.ts";
import { kindOfExtension, extensionOf } from "../platform/web/file-kinds.ts";
import type { LargeRow, Room, SchoolUse, UseRow } from "../materials/store/quota.ts";
import { formView, type FormState, type FormView } from "../shell/form-fields.ts";
import type { ActView, ActionView, BadgeView, EmptyView, FileRowView, PageHeadView, ProgressView, StatView, TableView } from "../shell/partials.ts";
import type { PlacedUpload } from "./places.ts";
import { isWhole } from "./rules.ts";

/** What a page is written with. */
interface Say {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** Files that a person began to send and that are not finished, each with what can be done about it. */
export interface UploadsPage {
  head: PageHeadView;
  rows: UnfinishedView[];
  empty: EmptyView;
}

export interface UnfinishedView {
  name: string;
  icon: FileRowView["icon"];
  detail: string;
  badge: BadgeView;
  progress: ProgressView | undefined;
  goOn: ActionView | undefined;
  finish: ActView | undefined;
  remove: ActView;
}

/** What a school stores and may store. */
export interface StoragePage {
  head: PageHeadView;
  room: ProgressView;
  note: string;
  use: TableView;
  largest: TableView;
  empty: EmptyView | undefined;
  form: FormView | undefined;
}

/** What the schools of an office store, the fullest first; each figure leads to its files. */
export interface SchoolsStoragePage {
  head: PageHeadView;
  stats: StatView[];
  table: TableView;
  empty: EmptyView | undefined;
}

declare global {
  interface Views {
    "uploads/list": UploadsPage;
    "uploads/schools": SchoolsStoragePage;
    "uploads/storage": StoragePage;
  }
}

export function uploadsPage(say: Say, rows: readonly PlacedUpload[]): UploadsPage {
  const words = say.t.uploads;
  return {
    head: { title: words.unfinished, lead: rows.length > 0 ? words.unfinished_lead : undefined },
    rows: rows.map((row) => unfinishedView(say, row)),
    empty: { icon: "circle-check", title: words.none_unfinished, text: words.none_unfinished_text },
  };
}

function unfinishedView({ t, f }: Say, upload: PlacedUpload): UnfinishedView {
  const words = t.uploads;
  const refused = upload.state === "refused";
  const whole = !refused && isWhole(upload);
  const place = upload.place === undefined ? words.place_gone : words.goes_to(upload.place.title);
  return {
    name: upload.name,
    icon: fileIcon(kindOfExtension(extensionOf(upload.name))?.mime ?? ""),
    detail: refused ? `${place} · ${reasonText(t, upload.reason ?? "", upload.reason_params)}` : `${place} · ${words.kept_until(f.moment(upload.expires_at))}`,
    badge: refused ? { label: words.refused, tone: "bad" } : whole ? { label: words.arrived, tone: "info" } : { label: words.interrupted, tone: "warn" },
    progress: refused || whole ? undefined : { label: words.received, value: upload.received_bytes, max: upload.size_bytes, text: words.of(f.bytes(upload.received_bytes), f.bytes(upload.size_bytes)) },
    goOn: refused || whole || upload.place === undefined ? undefined : { href: upload.place.href, label: words.go_on, icon: "upload" },
    finish: whole ? { action: `/uploads/${upload.id}/completion`, label: words.finish, icon: "check", kind: "primary" } : undefined,
    remove: { action: `/uploads/${upload.id}/removal`, label: refused ? words.dismiss : words.discard, icon: "trash-2", kind: "quiet", ...(refused ? {} : { confirm: words.discard_sure(upload.name) }) },
  };
}

/** Why a file was refused, in the words of whoever asks. @param reason `files.…` or `refusals.…` */
export function reasonText(t: Words, reason: string, params: Record<string, string | number>): string {
  const [catalogue = "", key = ""] = reason.split(".");
  return catalogue === "files" ? sayText(t.platform.files, key, params) : sayText(t.platform.refusals, key, params);
}

interface StorageFacts {
  school: { id: string; name: string };
  room: Room;
  /** What the installation gives to every school, in bytes. */
  usual: number;
  use: readonly UseRow[];
  largest: readonly LargeRow[];
  /** Present for who may set the quota. */
  form: FormState | undefined;
  /** Whether this person may open the school's materials. */
  readsMaterials: boolean;
}

export function storagePage(say: Say, facts: StorageFacts): StoragePage {
  const { t, f, lang } = say;
  const words = t.uploads;
  const { room } = facts;
  const subject = (row: UseRow): string => (lang === "vi" ? row.subject_vi : row.subject_en) ?? words.no_subject;
  return {
    head: { title: words.storage, eyebrow: facts.school.name },
    room: { label: words.used_of, value: Math.min(room.used, room.quota), max: room.quota, text: words.of(f.bytes(room.used), f.bytes(room.quota)) },
    note: room.left > 0 ? words.room_left(f.bytes(room.left)) : words.room_none,
    use: {
      caption: words.by_subject,
      columns: [{ label: t.materials.fields.subject }, { label: t.materials.fields.kind }, { label: words.files, number: true }, { label: t.materials.fields.size, number: true }, { label: words.share, number: true }],
      rows: facts.use.map((row) => [{ text: subject(row) }, { text: t.materials.kinds[row.kind] ?? row.kind }, { text: f.number(row.files) }, { text: f.bytes(row.bytes) }, { text: f.share(row.bytes, room.used, 1) }]),
    },
    largest: {
      caption: words.largest,
      columns: [{ label: t.materials.fields.title }, { label: t.materials.fields.uploaded_by }, { label: t.materials.fields.size, number: true }],
      rows: facts.largest.map((row) => [
        { text: row.title, href: facts.readsMaterials ? `/materials/${row.id}` : undefined },
        { text: `${row.uploader_name} · ${f.stamp(row.uploaded_at)}` },
        { text: f.bytes(row.size_bytes) },
      ]),
    },
    empty: facts.use.length === 0 ? { icon: "library", title: t.materials.list_empty } : undefined,
    form: facts.form && quotaForm(say, facts, facts.form),
  };
}

function quotaForm({ t, f }: Say, facts: StorageFacts, state: FormState): FormView {
  const words = t.uploads;
  const own = facts.room.quota === facts.usual ? "" : f.number(facts.room.quota / 1_000_000_000, 3).replace(/[^\d,.]/g, "");
  return formView(t, state, {
    action: `/schools/${facts.school.id}/quota`,
    submit: words.set_quota,
    fields: [{ name: "gigabytes", label: words.quota_gigabytes, kind: "text", value: own, hint: words.quota_hint(f.bytes(facts.usual)), required: false, attributes: { maxlength: 12, inputmode: "decimal" } }],
  });
}

interface SchoolsFacts {
  unit: { name: string };
  schools: readonly { id: string; name: string }[];
  use: ReadonlyMap<string, SchoolUse>;
  /** What the installation gives to every school, in bytes. */
  usual: number;
}

export function schoolsStoragePage({ t, f }: Say, { unit, schools, use, usual }: SchoolsFacts): SchoolsStoragePage {
  const words = t.uploads;
  const rows = schools
    .map((school) => {
      const { files = 0, bytes = 0, quota = null } = use.get(school.id) ?? {};
      return { school, files, bytes, quota: quota ?? usual, own: quota !== null };
    })
    .sort((a, b) => b.bytes / b.quota - a.bytes / a.quota || b.bytes - a.bytes);
  const full = rows.filter((row) => row.bytes >= row.quota * FULL_FROM).length;
  return {
    head: { title: words.storage_schools, eyebrow: unit.name, lead: words.storage_schools_lead(f.bytes(usual)) },
    stats: [
      { label: words.schools, value: f.number(rows.length) },
      { label: words.used_of, value: f.bytes(rows.reduce((sum, row) => sum + row.bytes, 0)) },
      { label: words.nearly_full, value: f.number(full) },
    ],
    table: {
      caption: words.storage_schools,
      columns: [{ label: words.school }, { label: words.files, number: true }, { label: words.used_of, number: true }, { label: words.quota_short, number: true }, { label: words.share, number: true }],
      rows: rows.map(({ school, files, bytes, quota, own }) => {
        const href = `/schools/${school.id}/storage`;
        return [{ text: school.name, href }, { text: f.number(files) }, { text: f.bytes(bytes), href }, { text: own ? words.own_quota(f.bytes(quota)) : f.bytes(quota) }, { text: f.share(bytes, quota, 1) }];
      }),
    },
    empty: rows.length === 0 ? { icon: "school", title: words.no_schools } : undefined,
  };
}

/** From this part of its quota on a school is called nearly full. */
const FULL_FROM = 0.9;
