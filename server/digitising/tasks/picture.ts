import sharp from "sharp";

/** A picture of more pixels is refused: decoded it would take 400 MB. */
export const PIXELS_MAX = 100_000_000;
const THUMB = 480;
const SHOWN = 2_400;

/**
 * Makes the small picture for lists and the one that is shown in pages. Neither keeps anything but the pixels: no place
 * where a photo was taken, no camera, no hidden thumbnail (sharp writes no metadata unless told to).
 */
export async function picture({ file }: { file: string }): Promise<{ width: number; height: number; animated: boolean }> {
  const { width, height, pages = 1, orientation = 1 } = await sharp(file, { limitInputPixels: PIXELS_MAX }).metadata();
  const animated = pages > 1;
  await sharp(file, { limitInputPixels: PIXELS_MAX }).rotate().resize(THUMB, THUMB, { fit: "inside", withoutEnlargement: true }).webp({ quality: 75 }).toFile("thumb.webp");
  await sharp(file, { limitInputPixels: PIXELS_MAX, animated }).rotate().resize(SHOWN, animated ? null : SHOWN, { fit: "inside", withoutEnlargement: true }).webp({ quality: 82 }).toFile("image.webp");
  return orientation >= 5 ? { width: height, height: width, animated } : { width, height, animated };
}
