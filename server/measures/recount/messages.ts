import { messages } from "../../platform/i18n.ts";

/** Words of counting the province anew. */
export const recount = messages({
  vi: {
    title: "Tính lại số liệu",
    link: "Tính lại số liệu",
    lead: "Hệ thống xét lại mọi tiết từ điểm danh và minh chứng, cộng lại mọi con số từ sổ theo dõi, rồi so với số đang hiển thị. Mỗi đêm hệ thống tự làm một lần; khi đổi định nghĩa cũng vậy. Số đã chốt của các tháng không thay đổi.",
    start: "Tính lại ngay",
    started: "Đã bắt đầu tính lại. Có thể rời trang này, việc tính vẫn tiếp tục.",
    running: "Lần tính lại trước vẫn đang chạy nên không bắt đầu lần mới.",
    runs: "Đang tính lại",
    runs_text: (done: string, all: string) => `${done}/${all} trường`,
    leave: "Có thể rời trang này: việc tính vẫn tiếp tục. Tải lại trang để xem tiến độ mới nhất.",
    history: "Những lần tính lại",
    none: "Chưa có lần tính lại nào",
    none_text: "Lần đầu sẽ chạy đêm nay.",
    columns: { begun: "Bắt đầu", cause: "Lí do", state: "Trạng thái", schools: "Trường", result: "Kết quả", school: "Trường", year: "Năm học", sums: "Số được sửa" },
    causes: { night: "Hằng đêm", definition: "Đổi định nghĩa", asked: "Theo yêu cầu" },
    states: { running: "đang tính", done: "xong", stopped: "dừng, vì lần khác bắt đầu" },
    right: "Mọi số đều khớp",
    repaired: (sums: number, schools: number) => `Sửa ${sums} số ở ${schools} trường`,
    by: (cause: string, name: string) => `${cause}: ${name}`,
    of: (stamp: string) => `Lần tính lại lúc ${stamp}`,
    repairs: "Những trường có số được sửa",
    repairs_lead: "Số hiển thị trước đó lệch với sổ theo dõi và đã được sửa theo sổ. Từng lần sửa cũng nằm trong nhật ký của trường.",
    took: (from: string, to: string) => `Từ ${from} đến ${to}`,
  },
  en: {
    title: "Count anew",
    link: "Count anew",
    lead: "Every period is judged again from attendance and evidence, every sum is added up again from the ledger and compared with what is shown. This happens every night, and whenever the definition changes. Figures of closed months stay as they are.",
    start: "Count anew now",
    started: "Counting has begun. You can leave this page, it goes on.",
    running: "The count that was asked for before still runs, so no other was begun.",
    runs: "Counting anew",
    runs_text: (done, all) => `${done}/${all} schools`,
    leave: "You can leave this page: counting goes on. Reload for the newest state.",
    history: "Earlier counts",
    none: "Nothing was counted anew yet",
    none_text: "The first count runs tonight.",
    columns: { begun: "Begun", cause: "Why", state: "State", schools: "Schools", result: "Result", school: "School", year: "School year", sums: "Sums put right" },
    causes: { night: "Every night", definition: "New definition", asked: "Asked for" },
    states: { running: "counting", done: "done", stopped: "stopped, another began" },
    right: "Every figure was right",
    repaired: (sums, schools) => `${sums} ${sums === 1 ? "sum" : "sums"} put right in ${schools} ${schools === 1 ? "school" : "schools"}`,
    by: (cause, name) => `${cause}: ${name}`,
    of: (stamp) => `Count of ${stamp}`,
    repairs: "Schools with sums put right",
    repairs_lead: "What was shown differed from the ledger and was put right by it. Each repair is in the school's log too.",
    took: (from, to) => `From ${from} to ${to}`,
  },
});

declare global {
  interface Words {
    recount: typeof recount.vi;
  }
}
