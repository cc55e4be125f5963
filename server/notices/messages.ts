import { messages } from "../platform/i18n.ts";
import type { NoticeParams } from "./store.ts";

type Say = (params: NoticeParams) => string;

const kinds = {
  live_soon: ({ title }) => `“${title}” bắt đầu sau ít phút. Mời vào phòng chờ.`,
  live_substitute: ({ by, title, when, comment }) => `${by} nhờ thầy cô dạy thay “${title}” lúc ${when ?? ""}.${comment ? ` ${comment}` : ""}`,
  live_substitute_ended: ({ by, title }) => `${by} đã đổi người dạy “${title}”: thầy cô không cần dạy thay buổi này nữa.`,
  live_substituted: ({ by, title, when }) => `${by} cử người dạy thay thầy cô buổi “${title}” lúc ${when ?? ""}.`,
  live_teaches_again: ({ by, title, when }) => `${by} ghi lại: thầy cô tự dạy buổi “${title}” lúc ${when ?? ""}.`,
  live_board_no_room: ({ title }) => `Chưa lưu được bảng của buổi học “${title}”: kho của trường đã đầy. Nét vẽ vẫn còn.`,
  live_absent: ({ by, title }) => `${by} vắng buổi học trực tuyến “${title}”.`,
  recording_ready: ({ title }) => `Bản ghi buổi học “${title}” đã xong. Thầy cô xem lại, cắt bớt nếu cần rồi cho lớp xem.`,
  recording_expires: ({ title, count }) => `Bản ghi buổi học “${title}” sẽ bị xóa sau ${count} ngày vì chưa được gửi duyệt.`,
  material_submitted: ({ by, title }) => `${by} gửi duyệt “${title}”. Đến lượt thầy cô.`,
  material_waiting: ({ by, title }) => `${by} đã thông qua “${title}”. Chờ thầy cô duyệt.`,
  material_passed: ({ by, title }) => `${by} đã thông qua “${title}”. Học liệu chuyển tới lãnh đạo trường.`,
  material_returned: ({ by, title }) => `${by} trả lại “${title}” để sửa.`,
  material_approved: ({ by, title }) => `${by} đã duyệt “${title}”. Học liệu được đưa vào sử dụng.`,
  material_withdrawn: ({ by, title }) => `${by} rút lại việc duyệt “${title}”.`,
  material_retired: ({ by, title }) => `${by} ngừng dùng “${title}”.`,
  material_restored: ({ by, title }) => `${by} đưa “${title}” trở lại sử dụng.`,
  material_commented: ({ by, title }) => `${by} góp ý về “${title}”.`,
  material_adopted: ({ by, title, school }) => `${by} (${school}) tiếp nhận “${title}” của thầy cô.`,
  scope_asked: ({ by, title }) => `${by} đề nghị chia sẻ “${title}” ra ngoài trường. Chờ thầy cô trả lời.`,
  scope_given: ({ by, title }) => `${by} đồng ý chia sẻ “${title}” ra ngoài trường.`,
  scope_denied: ({ by, title }) => `${by} không đồng ý chia sẻ “${title}” ra ngoài trường.`,
  material_renewed: ({ title, school }) => `“${title}” (${school}) mà trường đã tiếp nhận có phiên bản mới.`,
  material_taken_down: ({ by, title }) => `${by} đã gỡ “${title}”.`,
  material_put_back: ({ by, title }) => `${by} đã khôi phục “${title}”.`,
  material_reported: ({ by, title }) => `${by} báo một vấn đề về “${title}”.`,
  deputy_named: ({ by, school }) => `${by} giao thầy cô duyệt học liệu thay lãnh đạo ${school} trong một thời gian.`,
  report_answered: ({ by, title }) => `${by} trả lời báo cáo của thầy cô/em về “${title}”.`,
  bulk_read: ({ title, count }) => `Đã đọc xong ${count} tệp của “${title}”. Mời thầy cô xem trước rồi nhập.`,
  bulk_refused: ({ title }) => `Không đọc được “${title}”. Mở để xem lý do và gửi lại.`,
  bulk_done: ({ title, count }) => `Đã nhập xong “${title}”: ${count} học liệu vào kho.`,
  bulk_exported: ({ title }) => `Bản xuất “${title}” đã sẵn sàng để tải xuống.`,
  bulk_export_failed: ({ title }) => `Chưa xuất được “${title}”. Hãy xuất lại; nếu vẫn vậy, hãy báo người quản trị.`,
  month_due: ({ title, school }) => `Số liệu tháng ${title} của ${school} chờ thầy cô chốt.`,
  month_reopened: ({ by, title }) => `${by} mở lại số liệu tháng ${title} để trường chốt lại.`,
  documents_missing: ({ title, school }) => `${school} còn thiếu kế hoạch hoặc quy chế dạy học trực tuyến năm học ${title}.`,
} satisfies Record<string, Say>;

/** What can be told. A new kind needs its words in both languages, and an icon in pages.ts. */
export type NoticeKind = keyof typeof kinds;

const vi = {
  notices: "Thông báo",
  lead: (unread: number) => (unread === 0 ? "Thầy cô đã đọc hết." : `${unread} thông báo chưa đọc.`),
  all: "Tất cả",
  unread: "Chưa đọc",
  read: "Đã đọc",
  read_one: (text: string) => `Đánh dấu đã đọc: ${text}`,
  read_all: "Đánh dấu đã đọc tất cả",
  read_all_done: "Đã đánh dấu đã đọc.",
  empty: "Chưa có thông báo nào",
  empty_text: "Khi học liệu được gửi duyệt, trả lại, duyệt hay góp ý, người liên quan được báo ở đây.",
  empty_unread: "Không còn thông báo chưa đọc",
  summary: (count: number) => `${count} thông báo trên trang này`,
  kinds: kinds as Record<string, Say>,
};

export const notices = messages<typeof vi>({
  vi,
  en: {
    notices: "Notices",
    lead: (unread: number) => (unread === 0 ? "You have read everything." : `${unread} unread.`),
    all: "All",
    unread: "Unread",
    read: "Mark as read",
    read_one: (text: string) => `Mark as read: ${text}`,
    read_all: "Mark all as read",
    read_all_done: "Marked as read.",
    empty: "No notices yet",
    empty_text: "When a material is sent for approval, returned, approved or commented on, those concerned are told here.",
    empty_unread: "Nothing unread",
    summary: (count: number) => `${count} notices on this page`,
    kinds: {
      live_soon: ({ title }) => `“${title}” begins in a few minutes. The lobby is open.`,
      live_substitute: ({ by, title, when, comment }) => `${by} asks you to teach “${title}” at ${when ?? ""} as a substitute.${comment ? ` ${comment}` : ""}`,
      live_substitute_ended: ({ by, title }) => `${by} changed who teaches “${title}”: you are no longer needed as a substitute.`,
      live_substituted: ({ by, title, when }) => `${by} named a substitute for your class “${title}” at ${when ?? ""}.`,
      live_teaches_again: ({ by, title, when }) => `${by} noted that you teach “${title}” at ${when ?? ""} yourself.`,
      live_board_no_room: ({ title }) => `The board of “${title}” was not saved: the school's library is full. What was drawn is kept.`,
      live_absent: ({ by, title }) => `${by} was absent from the live class “${title}”.`,
      recording_ready: ({ title }) => `The recording of “${title}” is ready. Look at it, cut it where needed, and show it to the class.`,
      recording_expires: ({ title, count }) => `The recording of “${title}” will be erased in ${count} days, since it was not sent for approval.`,
      material_submitted: ({ by, title }) => `${by} sent “${title}” for approval. It is your turn.`,
      material_waiting: ({ by, title }) => `${by} passed “${title}”. It waits for your approval.`,
      material_passed: ({ by, title }) => `${by} passed “${title}”. It goes on to the school's leaders.`,
      material_returned: ({ by, title }) => `${by} returned “${title}” for changes.`,
      material_approved: ({ by, title }) => `${by} approved “${title}”. It is in use.`,
      material_withdrawn: ({ by, title }) => `${by} took back the approval of “${title}”.`,
      material_retired: ({ by, title }) => `${by} retired “${title}”.`,
      material_restored: ({ by, title }) => `${by} brought “${title}” back into use.`,
      material_commented: ({ by, title }) => `${by} commented on “${title}”.`,
      material_adopted: ({ by, title, school }) => `${by} (${school}) adopted your “${title}”.`,
      scope_asked: ({ by, title }) => `${by} asks to share “${title}” outside the school. It waits for your answer.`,
      scope_given: ({ by, title }) => `${by} agreed to share “${title}” outside the school.`,
      scope_denied: ({ by, title }) => `${by} did not agree to share “${title}” outside the school.`,
      material_renewed: ({ title, school }) => `“${title}” (${school}), which your school adopted, has a new version.`,
      material_taken_down: ({ by, title }) => `${by} took “${title}” down.`,
      material_put_back: ({ by, title }) => `${by} put “${title}” back.`,
      material_reported: ({ by, title }) => `${by} reported a problem with “${title}”.`,
      deputy_named: ({ by, school }) => `${by} asks you to approve materials in a leader's place at ${school} for a time.`,
      report_answered: ({ by, title }) => `${by} answered your report about “${title}”.`,
      bulk_read: ({ title, count }) => `All ${count} files of “${title}” were read. Look at the preview and import them.`,
      bulk_refused: ({ title }) => `“${title}” could not be read. Open to see why and send it again.`,
      bulk_done: ({ title, count }) => `“${title}” was imported: ${count} materials in the library.`,
      bulk_exported: ({ title }) => `The export “${title}” is ready to download.`,
      bulk_export_failed: ({ title }) => `“${title}” could not be exported. Try again; if it stays so, tell the administrator.`,
      month_due: ({ title, school }) => `The figures of ${title} of ${school} wait to be closed by you.`,
      month_reopened: ({ by, title }) => `${by} reopened the figures of ${title} for the school to close again.`,
      documents_missing: ({ title, school }) => `${school} lacks a plan or regulations for online teaching in ${title}.`,
    } satisfies Record<NoticeKind, Say>,
  },
});

declare global {
  interface Words {
    notices: typeof notices.vi;
  }
}
