/** Sample data for every component of the style page. */
import { heatLevel, meterGeometry, sparkGeometry, trendGeometry, type TrendPoint } from "../../server/shell/charts.ts";
import { formats } from "../../server/platform/i18n.ts";
import type { FieldView, HeatTableView, MeterView, WeekItemView } from "../../server/shell/partials.ts";

type Sample = { [Name in keyof Views]: { name: Name; page: Views[Name]; wide?: boolean } }[keyof Views];

const f = formats.vi;
const meter = (label: string, counted: number, planned: number, targetBp: number, more: Partial<MeterView> = {}): MeterView => {
  const geometry = meterGeometry(counted, planned, targetBp);
  return {
    label,
    state: planned === 0 ? "no_plan" : counted * 10_000 > planned * targetBp ? "met" : "not_met",
    rate: f.share(counted, planned),
    target: `trên ${f.basisPoints(targetBp)}`,
    counts: `${f.number(counted)}/${f.number(planned)} tiết`,
    max: f.basisPoints(geometry.maxBp),
    href: "#",
    geometry,
    ...more,
  };
};

const points: TrendPoint[] = [12, 31, 47, undefined, 88, 104, 131, 150, 158, 171, 184].map((bp, index) => ({
  label: `Tuần ${index + 1}`,
  bp,
  text: bp === undefined ? "chưa có số liệu" : f.basisPoints(bp),
}));
const trend = trendGeometry(points, 200);
const spark = sparkGeometry(points.map((point) => point.bp), 200);

const subjects: [string, [number, number][]][] = [
  ["Toán", [[12, 98], [9, 101], [4, 99], [7, 104]]],
  ["Ngữ văn", [[3, 102], [6, 100], [1, 98], [0, 101]]],
  ["Khoa học tự nhiên", [[8, 92], [5, 92], [6, 90], [2, 91]]],
  ["Âm nhạc", [[2, 31], [1, 31], [0, 30], [0, 0]]],
  ["Hoạt động trải nghiệm, hướng nghiệp", [[4, 66], [2, 66], [3, 66], [1, 66]]],
];
const heat: HeatTableView = {
  caption: "Bài học đã số hoá theo môn và khối",
  corner: "Môn",
  columns: ["Lớp 6", "Lớp 7", "Lớp 8", "Lớp 9"],
  rows: subjects.map(([label, counts]) => ({
    label,
    href: "#",
    cells: counts.map(([done, all]) => ({
      level: heatLevel(done, all, 500),
      text: all === 0 ? "–" : `${done}/${all}`,
      detail: all === 0 ? undefined : f.share(done, all, 1),
      href: all === 0 ? undefined : "#",
    })),
  })),
};

const fields: FieldView[] = [
  { name: "title", label: "Tên bài giảng", kind: "text", value: "Phân số bằng nhau", required: true, attributes: { maxlength: 200 } },
  { name: "minutes", label: "Số phút", kind: "number", value: "abc", hint: "Một tiết THCS là 45 phút.", error: "Cần một số từ 1 đến 300." },
  { name: "subject", label: "Môn", kind: "select", value: "van", options: [{ value: "toan", label: "Toán" }, { value: "van", label: "Ngữ văn" }] },
  { name: "note", label: "Ghi chú", kind: "textarea", required: false, value: "Dòng một\nDòng hai" },
  { name: "file", label: "Tệp bài giảng", kind: "file", hint: "PDF, Word, PowerPoint, video; tối đa 200 MB mỗi tệp." },
  { name: "share", label: "Chia sẻ với cả cụm trường", kind: "checkbox", checked: true, hint: "Tên tác giả luôn được giữ." },
];

const maths: WeekItemView = { title: "Toán 6A", detail: "Phân số bằng nhau", href: "#", mode: "online", state: "Trực tuyến" };
const science: WeekItemView = { title: "KHTN 7B", detail: "Nguyên tử", href: "#" };
const study: WeekItemView = { title: "Toán 6B", detail: "So sánh phân số", href: "#", mode: "study", state: "Tự học" };

export const SAMPLES: Sample[] = [
  { name: "partials/page-head", page: { eyebrow: "Trường THCS Trần Phú", title: "Hôm nay, thứ Ba 24/11", lead: "Ba tiết dạy, một tiết trực tuyến; hai học liệu chờ thầy cô hoàn thiện.", badges: [{ label: "Đã duyệt", tone: "good", icon: "badge-check" }, { label: "Chờ tổ trưởng", tone: "warn" }, { label: "Trả lại", tone: "bad" }, { label: "Mới", tone: "accent" }, { label: "Nháp", tone: "neutral" }], actions: [{ href: "#", label: "In", icon: "printer" }, { href: "#", label: "Tải học liệu lên", icon: "upload", kind: "primary" }] } },
  { name: "partials/next-up", page: { eyebrow: "Tiết tiếp theo, sau 8 phút", title: "Toán 6A: Phân số bằng nhau", detail: "Cô Nguyễn Thị Hương · 7:00 sáng thứ Ba, 24/11", action: { label: "Vào lớp", href: "#", icon: "video" }, note: "Khoảng 11 MB cho cả tiết nếu chỉ nghe và xem trang chiếu" } },
  { name: "partials/next-up", page: { eyebrow: "Chiều nay", title: "Khoa học tự nhiên 6A", detail: "Thầy Trần Văn Nam · 14:00", action: { label: "Vào lớp" }, note: "Mở lúc 13:50" } },
  { name: "partials/meter", page: meter("Tỉ lệ dạy học trực tuyến", 193, 10_500, 200, { note: "Còn thiếu 18 tiết" }) },
  { name: "partials/meter", page: meter("Tỉ lệ bài học đã số hoá", 76, 1458, 500, { target: "từ 5 %", note: "12/13 môn đạt" }) },
  { name: "partials/meter", page: meter("Trường vượt xa chỉ tiêu", 1310, 10_500, 200) },
  { name: "partials/meter", page: meter("Trường chưa có kế hoạch", 0, 0, 200, { counts: "chưa có kế hoạch dạy học", note: "Nhập kế hoạch để tính" }) },
  { name: "partials/heat-table", page: heat, wide: true },
  { name: "partials/trend", wide: true, page: { title: "Tỉ lệ trực tuyến theo tuần", summary: "Từ 0,12 % tuần 1 lên 1,84 % tuần 11; còn 0,16 điểm để vượt chỉ tiêu.", geometry: trend, yLabels: trend.yTicks.map((tick) => f.basisPoints(tick.bp)), targetLabel: "trên 2 %", table: { caption: "Tỉ lệ theo tuần", columns: ["Tuần", "Tỉ lệ"], rows: points } } },
  { name: "partials/sparkline", page: { line: spark.line, target: spark.target, text: "1,84 %" } },
  { name: "partials/stat", page: { label: "Em chưa bắt đầu", value: "3", detail: "Nhắc cả ba em", href: "#" } },
  { name: "partials/table", wide: true, page: { caption: "Các trường của đơn vị", columns: [{ label: "Trường" }, { label: "Tiết trực tuyến", number: true }, { label: "Tỉ lệ", number: true }, { label: "Trạng thái" }], rows: [[{ text: "THCS Trần Phú", href: "#" }, { text: "193/10.500" }, { text: "1,84 %" }, { text: "Chưa đạt", badge: "warn" }], [{ text: "TH&THCS Quan Lạn", href: "#" }, { text: "111/4.111" }, { text: "2,70 %" }, { text: "Đạt", badge: "good" }]] } },
  { name: "partials/pager", wide: true, page: { summary: "21–40 trong 255 trường", previous: "#", next: "#" } },
  { name: "partials/filter-bar", wide: true, page: { action: "#", label: "Lọc học liệu", clearHref: "#", fields: [{ name: "q", label: "Tìm", kind: "search", value: "phân số" }, { name: "grade", label: "Khối", kind: "select", options: [{ value: "", label: "Tất cả" }, { value: "6", label: "Lớp 6" }] }] } },
  { name: "partials/search-box", page: { id: "sample-q", value: "phân số", label: "Tìm trong mẫu" } },
  { name: "partials/error-summary", page: { errors: [{ field: "minutes", label: "Số phút", message: "Cần một số từ 1 đến 300." }] } },
  ...fields.map((page) => ({ name: "partials/field" as const, page })),
  { name: "partials/choices", page: { kind: "radio", name: "form", legend: "Hình thức", options: [{ value: "s", label: "Hỗ trợ dạy học trực tiếp", hint: "Trường hợp thông thường", selected: true }, { value: "r", label: "Thay thế dạy học trực tiếp" }] } },
  { name: "partials/act", page: { action: "#", label: "Thu hồi học liệu", icon: "trash-2", kind: "danger", confirm: "Thu hồi “Phân số bằng nhau”? Bài này sẽ không còn được tính là đã số hoá." } },
  { name: "partials/notice", page: { kind: "info", title: "Chưa có quy chế dạy học trực tuyến", text: "Trường cần ban hành kế hoạch và quy chế.", action: { href: "#", label: "Tải văn bản lên" } } },
  { name: "partials/notice", page: { kind: "warn", text: "Kết nối yếu: đang chỉ nghe tiếng." } },
  { name: "partials/notice", page: { kind: "bad", text: "Chưa gửi được bài. Bài làm vẫn còn trong máy." } },
  { name: "partials/empty", page: { icon: "inbox", title: "Không có học liệu nào chờ duyệt", text: "Khi giáo viên trong tổ gửi duyệt, học liệu hiện ở đây.", action: { href: "#", label: "Xem kho học liệu" } } },
  { name: "partials/tabs", wide: true, page: { label: "Lớp Toán 6A", items: [{ href: "#", label: "Bảng tin", current: false }, { href: "#", label: "Bài học", current: true, count: "35" }, { href: "#", label: "Bài tập", current: false }, { href: "#", label: "Kết quả", current: false }, { href: "#", label: "Thành viên", current: false }] } },
  { name: "partials/steps", page: { label: "Nhập danh sách", items: [{ label: "Chọn tệp", state: "done" }, { label: "Kiểm tra", state: "current" }, { label: "Nhập", state: "todo" }] } },
  { name: "partials/trail", page: { items: [{ title: "Cô Hương gửi duyệt", detail: "21:34, thứ Hai, 23/11", icon: "send" }, { title: "Cô Mai trả lại", detail: "7:10, thứ Ba, 24/11", text: "Trang 4 thiếu đáp án.", tone: "warn", icon: "undo-2" }, { title: "Thầy Nam phê duyệt", detail: "16:02, thứ Ba, 24/11", tone: "good", icon: "check" }] } },
  { name: "partials/file-row", page: { name: "Phân số bằng nhau.pptx", href: "#", icon: "presentation", detail: "2,4 MB · 18 trang chiếu", badges: [{ label: "Bản 3", tone: "info" }], actions: [{ href: "#", label: "Tải về", icon: "download", kind: "quiet" }] } },
  { name: "partials/progress", page: { label: "Đang tải lên bai-giang.mp4", value: 62, max: 100, text: "62 %" } },
  { name: "partials/facts", page: { items: [{ label: "Môn, khối", value: "Toán 6" }, { label: "Bài học", value: "Bài 24. Phân số bằng nhau", href: "#" }, { label: "Giấy phép", value: "CC BY-SA 4.0" }] } },
  { name: "partials/card", page: { eyebrow: "Toán 6 · Bài 24", title: "Phân số bằng nhau", href: "#", text: "Bài giảng có hoạt động chia bánh và 12 câu luyện tập.", meta: ["Cô Nguyễn Thị Hương", "2,4 MB", "14 lớp đã dùng"], badges: [{ label: "Đã duyệt", tone: "good" }] } },
  { name: "partials/week-grid", wide: true, page: { caption: "Tuần 12 (23/11 đến 28/11)", corner: "Tiết", days: [{ label: "Thứ Hai 23", today: false }, { label: "Thứ Ba 24", today: true }, { label: "Thứ Tư 25", today: false }, { label: "Thứ Năm 26", today: false }, { label: "Thứ Sáu 27", today: false }], rows: [{ label: "Tiết 1", time: "7:00", cells: [[science], [maths], [], [maths], []] }, { label: "Tiết 2", time: "7:50", cells: [[], [study], [science], [], []] }] } },
  { name: "partials/chat", page: { label: "Trò chuyện của lớp", empty: "Chưa có tin nhắn.", messages: [{ who: "Minh", when: "7:04", text: "Thưa cô, em chưa thấy trang 3 ạ.", own: false }, { who: "Cô Hương", when: "7:05", text: "Cô vừa chuyển trang rồi, em xem lại nhé.", own: true }] } },
  { name: "partials/presence", page: { label: "Danh sách lớp", people: [{ name: "Lê Đức Minh", initials: "M", state: "here", detail: "Vào 6:58", hand: true }, { name: "Phạm Thu An", initials: "A", state: "lost", detail: "Mất kết nối 2 phút" }, { name: "Vũ Gia Bảo", initials: "B", state: "absent", detail: "Chưa vào" }] } },
  { name: "partials/confirm", page: { title: "Chốt số liệu tháng 11?", text: "Sau khi chốt, số liệu tháng 11 của trường giữ nguyên; sửa đổi về sau được ghi riêng.", action: "#", label: "Chốt tháng 11", cancelHref: "#" } },
];
