import { Readable } from "node:stream";
import { grantAsSystem } from "../access/policy.ts";
import { lightSpeech, picturesOfPages, type At, type SmallPicture } from "../digitising/small-copies.ts";
import { picturesIn, smallPictures } from "../live/board-pictures.ts";
import { pagesOf } from "../live/board.ts";
import { pageSvg } from "../live/board-svg.ts";
import type { Block } from "../live/media/webm.ts";
import { joinParts } from "../live/recording/join.ts";
import { readBlocks } from "../live/recording/read-webm.ts";
import { SOUND } from "../live/recording/recorder.ts";
import { listTurns } from "../live/recording/store.ts";
import { listDrawn } from "../live/store/board.ts";
import type { LiveRow } from "../live/store/classes.ts";
import { findSlides } from "../live/store/planning.ts";
import { listQuestions } from "../live/store/questions.ts";
import { findRoom } from "../live/store/rooms.ts";
import { GROUP_PAGE } from "../live/tool-rules.ts";
import { listMoments } from "../materials/store/moments.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { isLight, placeOf, sectionsOf, type Mark, type Section } from "./rules.ts";
import { findRecorded, listAskedInChat, saveMade, type Asked, type KitContent, type KitRow, type MadeFile } from "./store.ts";

const DRAWN_MAX = 50_000;

/**
 * Makes the kit of a class: a page for each that was shown, with what was drawn on it; the recording's sound cut where the
 * page changed, at a low rate; what was asked. Nothing goes along that the recording does not hold: whose voice may be heard
 * was decided there.
 */
export async function makeKit(db: Db, live: LiveRow, kit: Pick<KitRow, "with_sound" | "consent_taken_back">, at: At, now: Instant): Promise<void> {
  const [recorded, turns, drawn, slides, questions, chat, room] = await Promise.all([
    kit.with_sound && !kit.consent_taken_back ? findRecorded(db, live.id) : undefined,
    listTurns(db, live.id),
    listDrawn(db, live, 0, DRAWN_MAX),
    findSlides(db, grantAsSystem(live, "join")),
    listQuestions(db, live),
    listAskedInChat(db, live.id),
    findRoom(db, live.id),
  ]);
  const board = new Map(pagesOf(drawn).filter(({ page }) => page > GROUP_PAGE).map(({ page, items }) => [page, items]));
  const blocks = recorded ? await soundOf(at, recorded.hash) : [];
  const sound = recorded && blocks.length > 0 ? { marks: await marksOf(db, recorded.version_id), lengthMs: recorded.length_ms } : undefined;
  const sections = sectionsOf({ turns, inked: [...board.keys()], sound });

  const numbers = [...new Set(sections.map((section) => section.page))].filter((page) => page > 0);
  const pictures = slides ? await picturesOfPages(slides, numbers, at) : new Map<number, SmallPicture>();
  const placed = await smallPictures(db, at.blobs, live, picturesIn([...board.values()].flat()));
  const files: MadeFile[] = [];
  const pages = [...new Set(sections.map((section) => section.page))].filter((page) => pictures.has(page) || board.has(page));
  for (const page of pages) files.push(await kept(at, "page", page, "image/svg+xml", Buffer.from(pageSvg({ picture: pictures.get(page), items: board.get(page) ?? [], pictures: placed }))));
  const sounds = await soundsOf(sections, blocks, at);
  for (const [number, bytes] of sounds) files.push(await kept(at, "sound", number, "audio/webm", bytes));

  const asked: Asked[] = [
    ...questions.filter((question) => !question.is_exit).map(({ prompt, kind, options, right_answer, opened_at }) => ({ place: placeOf(opened_at, turns, sections), prompt, kind, options, right: right_answer })),
    ...chat.map(({ seq, body, at: when }) => ({ place: placeOf(when, turns, sections), prompt: body, kind: "chat" as const, options: [], right: null, seq })),
  ];
  const content: KitContent = { sections: sections.map(({ page, sound: part }) => ({ page, fromMs: part?.fromMs ?? null, toMs: part?.toMs ?? null })), asked, notes: room.notes };
  const heard = sounds.size > 0 ? recorded : undefined;
  const sources = [...(pictures.size > 0 ? [live.slides_material_id] : []), ...placed.keys(), heard?.material_id].filter((id) => id != null);
  await saveMade(db, at.blobs, live, { content, files, soundHash: heard?.hash ?? null, sources }, now);
}

/** Where pages begin in the recording, blank ones below zero. */
async function marksOf(db: Db, versionId: string): Promise<Mark[]> {
  const moments = (await listMoments(db, [versionId])).get(versionId) ?? [];
  return moments.flatMap(({ kind, page, time_ms }) => (kind === "slide" ? [{ timeMs: time_ms, page }] : kind === "blank" ? [{ timeMs: time_ms, page: -page }] : []));
}

/** The packets of sound of a recording in their order: some 10 MB for 45 minutes. */
async function soundOf({ blobs }: At, hash: string): Promise<Block[]> {
  const found: Block[] = [];
  for await (const cluster of readBlocks((await blobs.open(hash)) as AsyncIterable<Buffer>)) for (const block of cluster) if (block.track === SOUND) found.push(block);
  return found.sort((a, b) => a.atMs - b.atMs);
}

/** The sound of each stretch as a file of its own, by the stretch's place; light enough for a phone where the machine can make it so. */
async function soundsOf(sections: readonly Section[], blocks: readonly Block[], at: At): Promise<Map<number, Buffer>> {
  const whole = new Map<number, Buffer>();
  const heavy: number[] = [];
  for (const [i, { sound }] of sections.entries()) {
    if (!sound) continue;
    const inside = blocks.filter(({ atMs }) => atMs >= sound.fromMs && atMs < sound.toMs).map((block) => ({ ...block, atMs: block.atMs - sound.fromMs }));
    const joined = await joinParts([{ read: () => once(inside) }]);
    if (!joined) continue;
    const parts: Buffer[] = [];
    for await (const part of joined.content()) parts.push(part);
    const bytes = Buffer.concat(parts);
    whole.set(i, bytes);
    if (!isLight({ bytes: bytes.length, ms: joined.durationMs })) heavy.push(i);
  }
  const light = await lightSpeech(heavy.flatMap((i) => whole.get(i) ?? []), at);
  for (const [n, i] of heavy.entries()) whole.set(i, light[n] ?? Buffer.alloc(0));
  return whole;
}

async function* once(blocks: Block[]): AsyncGenerator<Block[]> {
  yield blocks;
}

async function kept({ blobs }: At, kind: MadeFile["kind"], number: number, mime: string, bytes: Buffer): Promise<MadeFile> {
  return { ...(await blobs.put(Readable.from([bytes]))), kind, number, mime };
}
