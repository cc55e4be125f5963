import { expect } from "chai";
import type { Running } from "./app.ts";
import type { Row, Shelf } from "./materials.ts";

/** Metadata as the form sends it. */
export const META = { title: "Tập hợp các số tự nhiên", description: "Trình chiếu mở đầu chương I.", subject_code: "TOAN", grade: "6", kind: "slides", language: "vi", author: "Nguyễn Thị Hương", source: "", licence: "CC BY-SA", year: "2026", keywords: "tập hợp, số tự nhiên", accessibility: "", scope: "public" };

/** An approved material of cô Hương, shared so far through the pages: she asks, thầy Nam agrees. */
export async function shared(app: Running, shelf: Shelf, scope: string, meta: Partial<typeof META> = {}, who = "huong", lesson?: string): Promise<Row> {
  const material = await shelf.approved(who, lesson);
  const { revision } = await shelf.row(material.id);
  const asked = await (await app.as(who)).post(`/materials/${material.id}/metadata`, { ...META, ...meta, scope, revision: String(revision) });
  expect(asked.status, asked.text).to.equal(303);
  const given = await (await app.as("nam")).post(`/materials/${material.id}/scope-confirmation`, { scope });
  expect(given.status, given.text).to.equal(303);
  return shelf.row(material.id);
}
