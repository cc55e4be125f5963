import { messages } from "../../platform/i18n.ts";

/** Words of how much live classes and the library are used: sums alone. */
export const use = messages({
  vi: {
    title: "Lớp trực tuyến và kho học liệu",
    lead: (date: string, year: string) => `Tính đến ${date}, năm học ${year}. Chỉ có số tổng; cán bộ cấp trên không thấy số người dưới 5.`,
    live: "Lớp trực tuyến",
    library: "Kho học liệu",
    people: "Người dùng 30 ngày qua",
    few: "dưới 5",
    of: (part: string, whole: string) => `${part}/${whole}`,
    hours: { label: "Giờ học trực tuyến", value: (hours: string) => `${hours} giờ`, detail: (classes: string) => `${classes} lớp đã dạy` },
    attendance: { label: "Tỉ lệ dự học", few: "chưa đủ số lượt để hiện", detail: (present: string, listed: string) => `${present}/${listed} lượt học sinh trong danh sách` },
    per_lesson: { label: "Học liệu mỗi bài dạy trực tuyến", value: (n: string) => `${n} học liệu/bài`, detail: (materials: string, lessons: string) => `${materials} học liệu gắn với ${lessons} bài đã dạy` },
    teachers: { label: "Giáo viên hoạt động", detail: "dạy trực tuyến hoặc đưa học liệu lên" },
    pupils: { label: "Học sinh hoạt động", detail: "dự lớp trực tuyến hoặc mở bài học" },
    opened: { label: "Bài học có học sinh mở", detail: "lượt bài của các lớp, 30 ngày qua" },
    materials: { label: "Học liệu đang dùng", detail: "đã duyệt và không bị ngừng" },
    outside: { label: "Lượt mở từ ngoài trường", detail: "các học liệu trường chia sẻ" },
    months: { caption: "Lớp trực tuyến theo tháng", columns: { month: "Tháng", classes: "Số lớp", hours: "Số giờ", present: "Lượt dự", listed: "Lượt trong danh sách", rate: "Tỉ lệ dự" }, month: (month: string, year: string) => `${month}/${year}`, empty: "Năm học này chưa có lớp trực tuyến nào" },
    sheet: "Theo tháng",
    sums: "Số tổng",
    sums_head: ["Nội dung", "Số", "Ghi chú"],
  },
  en: {
    title: "Live classes and library",
    lead: (date: string, year: string) => `As of ${date}, school year ${year}. Sums alone; officers above the school see no number of people below 5.`,
    live: "Live classes",
    library: "Library",
    people: "People of the last 30 days",
    few: "under 5",
    of: (part: string, whole: string) => `${part} of ${whole}`,
    hours: { label: "Hours taught live", value: (hours: string) => `${hours} h`, detail: (classes: string) => `${classes} classes held` },
    attendance: { label: "Attendance", few: "too few places to be shown", detail: (present: string, listed: string) => `${present} of ${listed} places on the class lists` },
    per_lesson: { label: "Materials per lesson taught live", value: (n: string) => `${n} a lesson`, detail: (materials: string, lessons: string) => `${materials} materials of ${lessons} lessons taught` },
    teachers: { label: "Active teachers", detail: "taught live or brought a material" },
    pupils: { label: "Active pupils", detail: "were in a live class or opened a lesson" },
    opened: { label: "Lessons opened by pupils", detail: "lessons of courses, last 30 days" },
    materials: { label: "Materials in use", detail: "approved and not retired" },
    outside: { label: "Opened from outside", detail: "materials that the school shares" },
    months: { caption: "Live classes by month", columns: { month: "Month", classes: "Classes", hours: "Hours", present: "Present", listed: "On the lists", rate: "Attendance" }, month: (month: string, year: string) => `${month}/${year}`, empty: "No live class was held this year" },
    sheet: "By month",
    sums: "Sums",
    sums_head: ["What", "Number", "Note"],
  },
});

declare global {
  interface Words {
    use: typeof use.vi;
  }
}
