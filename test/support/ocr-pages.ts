import sharp from "sharp";
import { drawnPage } from "./pages.ts";

/** A page of Vietnamese text as a picture, and what stands on it. */
export interface TestPage {
  name: string;
  lines: readonly string[];
  picture: Buffer;
}

/** Sentences of school life: every vowel with every tone that Vietnamese has stands somewhere. */
const SENTENCES = [
  "Tập hợp các số tự nhiên được kí hiệu là N và gồm các số từ 0.", "Hai phân số được gọi là bằng nhau nếu tích chéo của chúng bằng nhau.",
  "Muốn cộng hai phân số cùng mẫu, ta cộng các tử và giữ nguyên mẫu.", "Học sinh giải quyết vấn đề rồi trình bày lời giải trước lớp.",
  "Quyết tâm học tập thật tốt trong năm học mới, các em nhé!", "Tập trung nghe giảng, ghi chép đầy đủ và hỏi lại điều chưa rõ.",
  "Vịnh Hạ Long được công nhận là di sản thiên nhiên thế giới.", "Mỏ than Quảng Ninh có lịch sử khai thác hơn một trăm năm.",
  "Thuỷ triều lên xuống hai lần mỗi ngày ở nhiều vùng biển nước ta.", "Cây đước giữ đất, chắn sóng và nuôi dưỡng bao loài tôm cá.",
  "Nguyễn Du viết Truyện Kiều bằng thể thơ lục bát truyền thống.", "Bà cụ ngẩng lên, mỉm cười hiền hậu rồi khẽ vẫy tay gọi cháu.",
  "Chúng em quét dọn sân trường, nhổ cỏ và tưới từng luống hoa.", "Nước bốc hơi, ngưng tụ thành mây rồi rơi xuống thành mưa.",
  "Lực hấp dẫn giữa hai vật phụ thuộc vào khối lượng và khoảng cách.", "Đổi đơn vị: 2,5 km = 2500 m; 3 giờ 15 phút = 195 phút.",
  "Kể tên bốn phương hướng chính và cách xác định bằng la bàn.", "Ngày 02/9/1945, Bác Hồ đọc Tuyên ngôn Độc lập tại Ba Đình.",
  "Phở, bún chả, nem rán và chả mực là những món ăn nổi tiếng.", "Ếch kêu uôm uôm, dế gáy râm ran khắp cánh đồng buổi tối.",
  "Bạn Ngọc vẽ một bức tranh phong cảnh rất đẹp tặng mẹ.", "Yêu cầu cần đạt: nhận biết, thông hiểu và vận dụng được.",
  "Hãy khoanh tròn vào chữ cái đứng trước câu trả lời đúng.", "Cô giáo chủ nhiệm nhắc cả lớp giữ trật tự khi xếp hàng.",
  "Ở lứa tuổi này, trẻ thường tò mò và thích tự mình khám phá.", "Tổng số tiết của học kì một là bảy mươi hai, gồm cả ôn tập.",
  "Sử dụng thước kẻ, ê ke và com pa để dựng hình chính xác.", "Mỗi nhóm cử một bạn báo cáo kết quả, các nhóm khác bổ sung.",
  "Đất nước ta trải dài từ mũi Sa Vĩ đến tận mũi Cà Mau.", "Không khí gồm ni-tơ, ô-xi và một lượng nhỏ các khí khác.",
]; // prettier-ignore

const LINES_A_PAGE = 8;

interface Look {
  name: string;
  dpi: number;
  face: number;
  skew?: number;
  photo?: { shadow: number; grain: number; blur: number; lean: number };
}

/** Twenty pages: clean print at 150 to 300 dpi, turned scans, and photos with shadow, grain, blur and leaning edges. */
const LOOKS: readonly Look[] = [
  ...[150, 200, 250, 300].flatMap((dpi) => [0, 1].map((face) => ({ name: `in-${dpi}-${face}`, dpi, face }))),
  ...[-3.2, -1.4, 1.1, 2.6, 4.5].map((skew, i) => ({ name: `nghiêng-${skew}`, dpi: 200 + 50 * (i % 2), face: i % 2, skew })),
  ...[0.35, 0.5, 0.6, 0.45, 0.55, 0.4, 0.65].map((shadow, i) => ({
    name: `ảnh-${i + 1}`,
    dpi: 170 + 20 * (i % 4),
    face: i % 2,
    skew: [1.7, -2.2, 0.6, 3.1, -0.9, 2.4, -1.6][i] ?? 0,
    photo: { shadow, grain: 8 + 2 * (i % 4), blur: 0.5 + 0.1 * (i % 3), lean: 0.01 * (i % 3) },
  })),
];

export async function testPages(): Promise<TestPage[]> {
  const pages: TestPage[] = [];
  for (const [i, look] of LOOKS.entries()) {
    const lines = Array.from({ length: LINES_A_PAGE }, (_, line) => SENTENCES[(i * 7 + line * 11) % SENTENCES.length] ?? "");
    const drawn = await drawnPage(lines, { dpi: look.dpi, face: look.face, width: 480 });
    const turned = look.skew === undefined ? drawn : await sharp(drawn).rotate(look.skew, { background: "#ffffff" }).png().toBuffer();
    pages.push({ name: look.name, lines, picture: look.photo === undefined ? turned : await photographed(turned, look.photo, i) });
  }
  return pages;
}

/** As a phone sees a page under a lamp: one side in shadow and yellow, the top edge farther away, grain, a little blur, JPEG. */
async function photographed(page: Buffer, { shadow, grain, blur, lean }: NonNullable<Look["photo"]>, seed: number): Promise<Buffer> {
  const { data, info } = await sharp(page).removeAlpha().toColourspace("srgb").blur(blur).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const out = Buffer.alloc(data.length);
  const chance = chanceOf(seed + 1);
  const tint = [0.97, 0.93, 0.82];
  for (let y = 0; y < height; y += 1) {
    const squeeze = 1 - 2 * lean * (1 - y / height);
    for (let x = 0; x < width; x += 1) {
      const from = Math.round((x - width / 2) / squeeze + width / 2);
      const light = (1 - shadow * Math.min(1, Math.hypot(x / width, (y / height) * 0.6))) * 0.95;
      const noise = (chance() + chance() + chance() - 1.5) * grain;
      for (let c = 0; c < channels; c += 1) {
        const ink = from < 0 || from >= width ? 90 : (data[(y * width + from) * channels + c] ?? 255);
        out[(y * width + x) * channels + c] = Math.max(0, Math.min(255, Math.round(ink * light * (tint[c] ?? 1) + noise)));
      }
    }
  }
  return sharp(out, { raw: { width, height, channels } }).jpeg({ quality: 68 }).toBuffer();
}

/** The same chance in every run. Source: mulberry32, public domain. */
function chanceOf(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How many letters must be changed, put in or left out, over the letters that stand there: the character error rate. */
export function errorRate(wanted: string, got: string): number {
  const a = [...wanted.normalize("NFC").replace(/\s+/g, " ").trim()];
  const b = [...got.normalize("NFC").replace(/\s+/g, " ").trim()];
  let row = b.map((_, j) => j + 1);
  row.unshift(0);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return (row.at(-1) ?? 0) / Math.max(1, a.length);
}
