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
      secret: "Địa chỉ này chỉ hiện một lần và là bí mật: ai có nó xem được lịch học. Lấy liên kết mới thì liên kết cũ ngừng dùng.",
    },
    settings: {
      title: "Lớp trực tuyến của trường",
      lead: "Những gì nhà trường muốn báo tự động.",
      tell_parents: "Báo phụ huynh khi con vắng buổi học trực tuyến",
      tell_parents_hint: "Ngay sau buổi học, theo điểm danh của hệ thống. Phụ huynh thấy số phút có mặt, không thấy điểm danh của em khác.",
      save: "Lưu",
      saved: "Đã lưu.",
    },
    series: "Lặp lại hằng tuần cho các bài tiếp theo",
    series_hint: "Số tuần nữa, cùng thứ và giờ; mỗi tuần một bài tiếp theo trong kế hoạch. 0 là chỉ buổi này.",
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
      secret: "This address is shown once and is a secret: whoever has it sees your classes. A new link makes the old one stop.",
    },
    settings: {
      title: "Live classes of the school",
      lead: "What the school wants told by itself.",
      tell_parents: "Tell parents when their child was absent from a live class",
      tell_parents_hint: "Right after the class, by the system's attendance. Parents see minutes of presence, and nothing of other pupils.",
      save: "Save",
      saved: "Saved.",
    },
    series: "Repeat every week for the lessons that follow",
    series_hint: "So many weeks more, same day and time; each week the next lesson of the plan. 0 means this class only.",
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
