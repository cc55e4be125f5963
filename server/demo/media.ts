import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { deflateSync, crc32 } from "node:zlib";
import PDFDocument from "pdfkit";

/** Small real files for the demonstration's materials. */
export interface DemoFile {
  name: string;
  mime: string;
  kind: "slides" | "worksheet" | "image" | "audio" | "video" | "package";
  bytes: Buffer;
}

const require = createRequire(import.meta.url);
const FONT = readFileSync(require.resolve("@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf"));
const BOLD = readFileSync(require.resolve("@expo-google-fonts/be-vietnam-pro/600SemiBold/BeVietnamPro_600SemiBold.ttf"));

/** Slides of a lesson: a title page, aims, two pages of content and questions. */
export function slidesPdf(title: string, course: string, author: string): Promise<Buffer> {
  return pdf([720, 405], (doc) => {
    const pages: [string, string[]][] = [
      [title, [course, author]],
      ["Mục tiêu bài học", [`Nêu được nội dung chính của bài “${title}”.`, "Vận dụng vào ví dụ gần gũi trong đời sống ở địa phương.", "Trao đổi với bạn và tự đánh giá kết quả của mình."]],
      ["Tìm hiểu bài", ["Quan sát, ghi lại điều em thấy.", "So sánh với điều đã học ở bài trước.", "Trình bày ý kiến của nhóm trong hai phút."]],
      ["Luyện tập", ["Câu 1. Nhắc lại kiến thức trọng tâm của bài.", "Câu 2. Cho một ví dụ của em.", "Câu 3. Điều gì em còn muốn hỏi thầy cô?"]],
    ];
    pages.forEach(([heading, lines], i) => {
      if (i > 0) doc.addPage();
      doc.rect(0, 0, 720, 12).fill("#0b6374");
      doc.fill("#14222b").font("bold").fontSize(i === 0 ? 34 : 28).text(heading, 48, i === 0 ? 130 : 56, { width: 624 });
      doc.moveDown(0.6).font("regular").fontSize(18);
      lines.forEach((line) => doc.text(i === 0 ? line : `•  ${line}`, { width: 624 }).moveDown(0.4));
    });
  });
}

/** A worksheet of one A4 page. */
export function worksheetPdf(title: string, course: string): Promise<Buffer> {
  return pdf("A4", (doc) => {
    doc.font("bold").fontSize(16).fill("#14222b").text("PHIẾU HỌC TẬP", 60, 60, { align: "center", width: 475 });
    doc.font("regular").fontSize(12).moveDown().text(`${course}. Bài: ${title}`).moveDown().text("Họ và tên: ............................................................   Lớp: ..............").moveDown();
    for (let i = 1; i <= 5; i += 1) {
      doc.text(`Câu ${i}. Trình bày hiểu biết của em về nội dung thứ ${i} của bài học.`).moveDown(0.3);
      doc.text("........................................................................................................................").moveDown();
    }
  });
}

function pdf(size: string | [number, number], draw: (doc: PDFKit.PDFDocument) => void): Promise<Buffer> {
  return new Promise((resolve) => {
    const doc = new PDFDocument({ size, margin: 48, info: { CreationDate: new Date(0), ModDate: new Date(0) } });
    const parts: Buffer[] = [];
    doc.on("data", (part: Buffer) => parts.push(part));
    doc.on("end", () => resolve(Buffer.concat(parts)));
    doc.registerFont("regular", FONT).registerFont("bold", BOLD);
    draw(doc);
    doc.end();
  });
}

/** A picture of coloured bars, as a chart in a lesson: a valid PNG of a few kilobytes. */
export function chartPng(seed: number): Buffer {
  const width = 480;
  const height = 270;
  const bars = Array.from({ length: 8 }, (_, i) => 40 + ((seed * (i + 3) * 37) % 190));
  const rows = Buffer.alloc((width * 3 + 1) * height, 0xff);
  for (let y = 0; y < height; y += 1) {
    const start = y * (width * 3 + 1);
    rows[start] = 0;
    for (let x = 0; x < width; x += 1) {
      const bar = bars[Math.floor(x / 60)] ?? 0;
      const inside = x % 60 > 12 && height - y < bar;
      rows.set(inside ? [11, 99, 116] : y === height - 1 ? [82, 101, 111] : [247, 249, 250], start + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Two seconds of a melody, as a WAV file. */
export function melodyWav(seed: number): Buffer {
  const rate = 8000;
  const notes = [262, 294, 330, 392, 440];
  const samples = Buffer.alloc(rate * 2);
  for (let i = 0; i < samples.length; i += 1) {
    const pitch = notes[(seed + Math.floor(i / (rate / 2))) % notes.length] ?? 262;
    samples[i] = 128 + Math.round(50 * Math.sin((2 * Math.PI * pitch * i) / rate));
  }
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** A short clip that was made for this project, five seconds of 320×180. */
export function clip(): Buffer {
  return readFileSync(path.join(import.meta.dirname, "media", "clip.mp4"));
}
