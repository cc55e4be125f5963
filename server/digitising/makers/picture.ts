import { isText } from "../rules.ts";
import { keepRead, readPictures } from "./ocr.ts";
import { runTask, SMALL, type Maker } from "./work.ts";

/** A picture: a small one, one to show without what the camera wrote, and its text where it is a page. */
export const makePicture: Maker = async (work) => {
  await work.tell("picture", 5);
  const { width, height, animated } = await runTask(work, "picture", { file: work.input }, { ...SMALL, memoryMb: 2_000 });
  await work.measure({ width, height });
  await work.keep("thumb", "thumb.webp", "image/webp");
  await work.keep("image", "image.webp", "image/webp");
  if (animated || work.has("pdf")) return null;
  await work.tell("ocr", 30);
  const pages = await readPictures(work, 1, () => Promise.resolve(work.input), () => work.tell("ocr", 90));
  if (isText(pages.flatMap((page) => page.lines))) await keepRead(work, pages);
  return null;
};
