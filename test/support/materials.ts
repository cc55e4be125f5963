import { Readable } from "node:stream";
import { expect } from "chai";
import { newId } from "../../server/platform/ids.ts";
import type { Running } from "./app.ts";
import type { Answer, Client } from "./client.ts";
import { anotherPdf } from "./files.ts";
import { NOW, W } from "./world.ts";

export const LESSON = `/plan-lessons/${W.toanLesson(1)}/materials`;

/** A material as the database holds it. */
export interface Row {
  id: string;
  state: string;
  title: string;
  kind: string;
  latest_version_id: string;
  approved_version_id: string | null;
  revision: number;
  uploaded_by: string;
  subject_code: string;
  grade: number;
}

/** Slides of cô Hương made of these bytes, put there without the application's doors; answers the material and its file. */
export async function storedSlides(app: Running, bytes: Buffer, said: { title: string; state?: "draft" | "approved"; mime?: string }): Promise<{ id: string; hash: string }> {
  const [id, version] = [newId(), newId()];
  const { title, state = "draft", mime = "application/pdf" } = said;
  const { hash, size } = await app.blobs.put(Readable.from([bytes]));
  await app.db("blobs").insert({ hash, size_bytes: size, mime, created_at: NOW });
  await app.db("materials").insert({ id, school_id: W.tranPhu, uploaded_by: W.huong, title, kind: "slides", state, latest_version_id: version, approved_version_id: state === "approved" ? version : null, search_text: "", created_at: NOW, updated_at: NOW });
  await app.db("material_versions").insert({ id: version, material_id: id, number: 1, state, blob_hash: hash, file_name: "bai.pdf", mime, size_bytes: size, uploaded_by: W.huong, uploaded_at: NOW });
  return { id, hash };
}

/** What the tests of materials do again and again, on one running application. */
export interface Shelf {
  rows(): Promise<Row[]>;
  row(id: string): Promise<Row>;
  newest(): Promise<Row>;
  count(table: string, where?: object): Promise<number>;
  /** A new draft of somebody on a lesson, made of bytes of its own. */
  draft(who?: string, lesson?: string): Promise<Row>;
  /** An act on the newest version, as the page sends it. */
  act(who: string | Client, noun: string, material: { id: string }, form?: Record<string, string>): Promise<Answer>;
  /** The whole way: uploaded, submitted, passed by cô Mai, approved by thầy Nam. */
  approved(who?: string, lesson?: string): Promise<Row>;
  /** How many drafts were made: the next one's bytes. */
  salt(): number;
}

export function shelfOf(app: () => Running): Shelf {
  let salt = 0;
  const shelf: Shelf = {
    rows: async () => (await app().db("materials").orderBy("id").select("*")) as Row[],
    row: async (id) => (await app().db("materials").where({ id }).first()) as Row,
    newest: async () => (await app().db("materials").orderBy("id", "desc").first()) as Row,
    count: async (table, where = {}) => Number(((await app().db(table).where(where).count({ n: "*" }).first()) as { n: number | string }).n),
    salt: () => salt,
    async draft(who = "huong", lesson = W.toanLesson(1)) {
      const client = await app().as(who);
      const answer = await client.upload(`/plan-lessons/${lesson}/materials`, {}, [anotherPdf("Bài giảng Tập hợp.pdf", `${(salt += 1)}`)]);
      expect(answer.status, answer.text).to.equal(303);
      return shelf.newest();
    },
    async act(who, noun, material, form = {}) {
      const client = typeof who === "string" ? await app().as(who) : who;
      const { latest_version_id } = await shelf.row(material.id);
      return client.post(`/materials/${material.id}/${noun}`, { version: latest_version_id, ...form });
    },
    async approved(who = "huong", lesson = W.toanLesson(1)) {
      const material = await shelf.draft(who, lesson);
      expect((await shelf.act(who, "submission", material)).status).to.equal(303);
      expect((await shelf.act("mai", "passing", material)).status).to.equal(303);
      expect((await shelf.act("nam", "approval", material)).status).to.equal(303);
      return shelf.row(material.id);
    },
  };
  return shelf;
}
