import { messages } from "../platform/i18n.ts";

/** Words around the class: calendar, series, what the school wants told, what is left afterwards. */
export const liveAfter = messages({
  vi: {
    calendar: {
      title: "Lịch trên điện thoại",
      make: "Lấy liên kết lịch",
      make_new: "Lấy liên kết lịch mới",
      make_ask: "Lấy liên kết mới? Liên kết đang dùng sẽ ngừng hoạt động.",
      none: "Đưa các buổi học vào ứng dụng lịch của điện thoại bằng một liên kết riêng.",
      works: (since: string) => `Một liên kết lịch đang hoạt động, lấy lúc ${since}. Đăng xuất khỏi mọi thiết bị cũng dừng liên kết này.`,
      stop: "Dừng liên kết lịch",
      stop_ask: "Dừng liên kết lịch? Ứng dụng lịch đang dùng liên kết này sẽ không cập nhật nữa.",
      stopped: "Đã dừng liên kết lịch.",
      lead: "Dán địa chỉ này vào ứng dụng lịch (đăng ký bằng liên kết). Buổi học mới, đổi hay hủy sẽ tự cập nhật.",
      address: "Địa chỉ riêng của thầy cô/em",
      open: "Mở bằng ứng dụng lịch",
      secret: "Địa chỉ này chỉ hiện một lần. Đừng gửi cho ai: ai có địa chỉ cũng xem được lịch học. Nếu lỡ lộ, hãy lấy liên kết mới; liên kết cũ sẽ ngừng hoạt động.",
    },
    settings: {
      title: "Lớp trực tuyến của trường",
      lead: "Chọn những việc hệ thống làm thay nhà trường quanh buổi học trực tuyến.",
      tell_parents: "Báo phụ huynh khi con vắng buổi học trực tuyến",
      tell_parents_hint: "Ngay sau buổi học, theo điểm danh của hệ thống. Phụ huynh thấy số phút có mặt, không thấy điểm danh của em khác.",
      recording: "Cho phép giáo viên ghi lại buổi học trực tuyến",
      recording_hint: "Giáo viên tự bấm ghi trong từng buổi và cả lớp được báo. Chỉ ghi tiếng, hình và màn hình của giáo viên; tiếng học sinh chỉ được ghi khi phụ huynh đã đồng ý.",
      recording_days: "Giữ bản ghi chưa được duyệt trong mấy ngày?",
      recording_days_hint: "Hết hạn mà chưa được duyệt thì bản ghi bị xóa hẳn; giáo viên được báo trước ba ngày. Bản đã duyệt được giữ như học liệu khác.",
      save: "Lưu",
      saved: "Đã lưu.",
    },
    series: "Lặp lại thêm mấy tuần?",
    series_hint: "Cùng thứ, cùng giờ; mỗi tuần một bài tiếp theo trong kế hoạch. Ghi 0 nếu chỉ xếp buổi này.",
    series_done: (n: number) => `Đã xếp lịch ${n} buổi.`,
    xlsx: "Tải bảng điểm danh (Excel)",
    answers: "Tải câu trả lời (CSV)",
    board: "Bảng của buổi học (PDF)",
    board_no_room: "Chưa lưu được bảng của buổi học: kho của trường đã đầy. Khi kho có chỗ, bấm “Lưu lại bảng”; nét vẽ vẫn còn nguyên.",
    board_again: "Lưu lại bảng",
    board_again_done: "Đã lưu bảng của buổi học vào kho, ở dạng nháp.",
    exit: "Phiếu cuối giờ",
  },
  en: {
    calendar: {
      title: "Calendar on your phone",
      make: "Get a calendar link",
      make_new: "Get a new calendar link",
      make_ask: "Get a new link? The one in use stops working.",
      none: "Have your classes in your phone's calendar by a link of your own.",
      works: (since: string) => `A calendar link works since ${since}. Signing out on all devices stops it as well.`,
      stop: "Stop the calendar link",
      stop_ask: "Stop the calendar link? Calendar programs that use it are no longer kept up to date.",
      stopped: "The calendar link was stopped.",
      lead: "Paste this address into a calendar program (subscribe by link). New, moved and cancelled classes update by themselves.",
      address: "Your own address",
      open: "Open in a calendar program",
      secret: "This address is shown once. Keep it to yourself: whoever has it sees your classes. If it got out, get a new link; the old one stops working.",
    },
    settings: {
      title: "Live classes of the school",
      lead: "Choose what the system does for the school around its live classes.",
      tell_parents: "Tell parents when their child was absent from a live class",
      tell_parents_hint: "Right after the class, by the system's attendance. Parents see minutes of presence, and nothing of other pupils.",
      recording: "Let teachers record live classes",
      recording_hint: "The teacher starts it in each class, and the class is told. Only the teacher's voice, picture and screen are recorded; a pupil's voice only where a parent has agreed.",
      recording_days: "Keep recordings that nobody approved for how many days?",
      recording_days_hint: "Then they are erased for good; the teacher is told three days before. Approved ones are kept like other materials.",
      save: "Save",
      saved: "Saved.",
    },
    series: "Repeat for how many more weeks?",
    series_hint: "Same day and time; each week the next lesson of the plan. 0 for this class only.",
    series_done: (n: number) => `${n} classes were scheduled.`,
    xlsx: "Download attendance (Excel)",
    answers: "Download answers (CSV)",
    board: "Board of the class (PDF)",
    board_no_room: "The board of this class could not be saved: the school's library is full. When there is room, press “Save the board again”; what was drawn is kept.",
    board_again: "Save the board again",
    board_again_done: "The board was saved to the library as a draft.",
    exit: "Exit ticket",
  },
});

declare global {
  interface Words {
    live_after: typeof liveAfter.vi;
  }
}
