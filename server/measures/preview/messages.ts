import { messages } from "../../platform/i18n.ts";

/** Words of the preview of a definition: what it would change, before it is saved. */
export const preview = messages({
  vi: {
    targets: {
      title: "Xem trước chỉ tiêu mới",
      lead: (year: string) => `Nếu đặt chỉ tiêu này cho năm học ${year}, kết quả đến nay của các trường sẽ như dưới đây. Chưa có gì được lưu. Số đếm không đổi, chỉ mức phải đạt đổi; các tháng đã chốt giữ nguyên chỉ tiêu lúc chốt.`,
      same: "Đề xuất giống hệt chỉ tiêu đang dùng.",
      empty: (year: string) => `Năm học ${year} chưa có trường nào có kế hoạch dạy học, nên chưa có gì để so sánh.`,
      save: "Lưu chỉ tiêu này",
    },
    title: "Xem trước cách tính mới",
    lead: (from: string, year: string) => `Nếu cách tính này có hiệu lực từ đầu năm học ${year}, số liệu đến nay của các trường sẽ như dưới đây. Chưa có gì được lưu. Khi lưu, cách tính mới áp dụng từ ${from}: tiết dạy trước ngày đó vẫn xét theo cách cũ, các tháng đã chốt giữ nguyên số đã báo cáo.`,
    button: "Xem trước thay đổi",
    counting: "Đang tính lại từng trường",
    progress: (done: string, all: string) => `${done}/${all} trường`,
    missed: (n: string, names: string) => `Chưa tính được ${n} trường: ${names}. Số liệu dưới đây không gồm các trường này; hệ thống đang tự tính lại.`,
    stale: "Trong lúc xem trước, cách tính đang dùng đã thay đổi. Hãy xem trước lại.",
    settings: { caption: "Những điều thay đổi", columns: { what: "Quy định", was: "Đang dùng", then: "Đề xuất" }, same: "Đề xuất giống hệt cách tính đang dùng.", valid_from: "Áp dụng từ ngày" },
    levels: { caption: "Theo cấp học", columns: { level: "Cấp học", schools: "Số trường", online: "Tiết trực tuyến được tính", online_met: "Trường đạt trực tuyến", digitised: "Bài có học liệu số", digitised_met: "Trường đạt học liệu số" }, all: "Tất cả", other: "Chưa rõ cấp" },
    change: (was: string, then: string) => `${was} → ${then}`,
    of: (part: string, whole: string) => `${part}/${whole}`,
    schools: { caption: "Trường có kết quả đạt hay chưa đạt thay đổi", columns: { school: "Trường", online: "Trực tuyến", online_state: "Kết quả trực tuyến", digitised: "Học liệu số", digitised_state: "Kết quả học liệu số" }, none: "Không trường nào đổi từ đạt sang chưa đạt hay ngược lại.", cut: (n: string) => `Chỉ hiện ${n} trường đầu; tệp tải về có đủ.` },
    states: { yes: "đạt", no: "chưa đạt" },
    save: "Lưu thành phiên bản mới",
    back: "Sửa lại đề xuất",
    file: ["Trường", "Cấp", "Tiết được tính (đang dùng)", "Tiết được tính (đề xuất)", "Tiết theo kế hoạch", "Bài có học liệu (đang dùng)", "Bài trong mẫu số (đang dùng)", "Bài có học liệu (đề xuất)", "Bài trong mẫu số (đề xuất)", "Môn đạt (đang dùng)", "Môn đạt (đề xuất)", "Số môn"],
    sheet: "Xem trước",
  },
  en: {
    targets: {
      title: "Preview of new targets",
      lead: (year: string) => `With these targets for ${year}, the schools' results to date would be as below. Nothing is saved yet. No count changes, only what has to be reached; closed months keep the targets that they were closed with.`,
      same: "The proposal is the same as the targets in force.",
      empty: (year: string) => `No school has a plan for ${year} yet, so there is nothing to compare.`,
      save: "Save these targets",
    },
    title: "Preview of a new definition",
    lead: (from: string, year: string) => `If this definition had been in force since the start of ${year}, the schools' figures to date would be as below. Nothing is saved yet. Once saved it holds from ${from}: periods taught before are judged by the old one, and closed months keep what was reported.`,
    button: "Preview the changes",
    counting: "Counting school by school",
    progress: (done: string, all: string) => `${done} of ${all} schools`,
    missed: (n: string, names: string) => `Not counted yet: ${n} (${names}). The figures below leave them out; the system is trying again.`,
    stale: "The definition in force has changed since this preview began. Please preview again.",
    settings: { caption: "What changes", columns: { what: "Rule", was: "In force", then: "Proposed" }, same: "The proposal is the same as the definition in force.", valid_from: "In force from" },
    levels: { caption: "By level", columns: { level: "Level", schools: "Schools", online: "Online periods counted", online_met: "Schools above the online target", digitised: "Lessons digitised", digitised_met: "Schools that meet the digitised target" }, all: "All", other: "Level unknown" },
    change: (was: string, then: string) => `${was} → ${then}`,
    of: (part: string, whole: string) => `${part} of ${whole}`,
    schools: { caption: "Schools whose result changes", columns: { school: "School", online: "Online", online_state: "Online result", digitised: "Digitised", digitised_state: "Digitised result" }, none: "No school changes from met to not met or back.", cut: (n: string) => `Only the first ${n} schools are shown; the file has all of them.` },
    states: { yes: "met", no: "not met" },
    save: "Save as a new version",
    back: "Change the proposal",
    file: ["School", "Level", "Periods counted (in force)", "Periods counted (proposed)", "Periods planned", "Lessons digitised (in force)", "Lessons in the denominator (in force)", "Lessons digitised (proposed)", "Lessons in the denominator (proposed)", "Subjects met (in force)", "Subjects met (proposed)", "Subjects"],
    sheet: "Preview",
  },
});

declare global {
  interface Words {
    preview: typeof preview.vi;
  }
}
