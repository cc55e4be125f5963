import { messages } from "../platform/i18n.ts";

/** Words around the class: calendar, series, what the school wants told, what is left afterwards. */
export const liveAfter = messages({
  vi: {
    calendar: {
      title: "Lịch trên điện thoại",
      make: "Lấy liên kết lịch mới",
      make_ask: "Lấy liên kết mới? Nếu trước đây đã lấy liên kết thì liên kết cũ ngừng hoạt động.",
      lead: "Dán địa chỉ này vào ứng dụng lịch (đăng ký bằng liên kết). Buổi học mới, đổi hay hủy sẽ tự cập nhật.",
      address: "Địa chỉ riêng của thầy cô/em",
      open: "Mở bằng ứng dụng lịch",
      secret: "Địa chỉ này chỉ hiện một lần. Đừng gửi cho ai: ai có địa chỉ cũng xem được lịch học. Nếu lỡ lộ, hãy lấy liên kết mới; liên kết cũ sẽ ngừng hoạt động.",
    },
    settings: {
      title: "Lớp trực tuyến của trường",
      lead: "Chọn những việc hệ thống tự báo thay nhà trường.",
      tell_parents: "Báo phụ huynh khi con vắng buổi học trực tuyến",
      tell_parents_hint: "Ngay sau buổi học, theo điểm danh của hệ thống. Phụ huynh thấy số phút có mặt, không thấy điểm danh của em khác.",
      save: "Lưu",
      saved: "Đã lưu.",
    },
    series: "Lặp lại thêm mấy tuần?",
    series_hint: "Cùng thứ, cùng giờ; mỗi tuần một bài tiếp theo trong kế hoạch. Ghi 0 nếu chỉ xếp buổi này.",
    series_done: (n: number) => `Đã xếp lịch ${n} buổi.`,
    xlsx: "Tải bảng điểm danh (Excel)",
    answers: "Tải câu trả lời (CSV)",
    board: "Bảng của buổi học (PDF)",
    exit: "Phiếu cuối giờ",
  },
  en: {
    calendar: {
      title: "Calendar on your phone",
      make: "Get a new calendar link",
      make_ask: "Get a new link? A link you got before stops working.",
      lead: "Paste this address into a calendar program (subscribe by link). New, moved and cancelled classes update by themselves.",
      address: "Your own address",
      open: "Open in a calendar program",
      secret: "This address is shown once. Keep it to yourself: whoever has it sees your classes. If it got out, get a new link; the old one stops working.",
    },
    settings: {
      title: "Live classes of the school",
      lead: "Choose what the system tells people automatically.",
      tell_parents: "Tell parents when their child was absent from a live class",
      tell_parents_hint: "Right after the class, by the system's attendance. Parents see minutes of presence, and nothing of other pupils.",
      save: "Save",
      saved: "Saved.",
    },
    series: "Repeat for how many more weeks?",
    series_hint: "Same day and time; each week the next lesson of the plan. 0 for this class only.",
    series_done: (n: number) => `${n} classes were scheduled.`,
    xlsx: "Download attendance (Excel)",
    answers: "Download answers (CSV)",
    board: "Board of the class (PDF)",
    exit: "Exit ticket",
  },
});

declare global {
  interface Words {
    live_after: typeof liveAfter.vi;
  }
}
