import type { Actor } from "../access/actor.ts";
import type { Db } from "../platform/db.ts";
import type { Formats } from "../platform/i18n.ts";
import { namedIn, type Around } from "../platform/rich-text.ts";
import { findEmbedded, listImages, type NamedMaterial } from "./store/authoring.ts";

/** Where a lesson of a course stands. */
export interface LessonPlace {
  courseId: string;
  lessonId: string;
}

export function imageHref({ courseId, lessonId }: LessonPlace, id: string): string {
  return `/courses/${courseId}/lessons/${lessonId}/images/${id}`;
}

/** What stands around a text, with the files of the materials it names. */
export type TextAround = Around & { files: ReadonlyMap<string, NamedMaterial> };

/** The pictures of a lesson, and those of the materials its text names that this reader may read. */
export async function aroundText(db: Db, actor: Actor, f: Formats, place: LessonPlace, text: string): Promise<TextAround> {
  const named = namedIn(text, "material");
  const [images, materials] = await Promise.all([namedIn(text, "image").length > 0 ? listImages(db, { id: place.courseId }, place.lessonId) : [], findEmbedded(db, actor, named)]);
  return {
    images: new Map(images.map((image) => [image.id, { src: imageHref(place, image.id), width: image.width, height: image.height }])),
    materials: new Map(materials.map((material) => [material.id, { href: `/materials/${material.id}`, title: material.title, detail: f.bytes(material.size_bytes) }])),
    files: new Map(materials.map((material) => [material.id, material])),
  };
}
