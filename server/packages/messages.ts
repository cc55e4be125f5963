import { messages } from "../platform/i18n.ts";

const vi = {
  title: (title: string) => `Bài tương tác: ${title}`,
  back: "Về trang học liệu",
  standards: { scorm12: "SCORM 1.2", scorm2004: "SCORM 2004", h5p: "H5P" },
  parts: (count: number) => `${count} phần`,
  lost: "Chưa lưu được kết quả. Kiểm tra mạng; kết quả được gửi lại ở bước tiếp theo.",
  own: "Kết quả của em",
  own_staff: "Kết quả của thầy cô khi xem thử",
  own_none: "Chưa có kết quả nào. Kết quả được lưu tự động khi làm bài, và lần sau làm tiếp từ chỗ đã dừng.",
  practice: "Kết quả này để luyện tập, không phải điểm chính thức.",
  not_started: "Chưa làm",
  started: "Đang làm",
  completed: "Đã làm xong",
  passed: "Đạt",
  failed: "Chưa đạt",
  score: (score: string) => `cao nhất ${score}`,
  minutes: (minutes: number) => (minutes < 1 ? "dưới 1 phút" : `${minutes} phút`),
  completed_parts: (completed: number, parts: number) => `${completed}/${parts} phần`,
  flags: { score_outside: "Điểm gửi về vượt khung", too_fast: "Xong nhanh bất thường" },
  class_results: "Kết quả của lớp",
  class_of: (name: string) => `Kết quả của lớp ${name}`,
  class_lead: "Trình duyệt của học sinh tự chấm và gửi về, nên chỉ dùng để luyện tập. Mỗi lần xem trang này được ghi lại.",
  pupil: "Học sinh",
  state: "Tình trạng",
  best: "Điểm cao nhất",
  time: "Thời gian",
  last: "Lần cuối",
  note: "Lưu ý",
  class_done: (done: number, pupils: number) => `${done} trên ${pupils} em đã làm xong`,
  class_none: "Lớp chưa có học sinh",
};

export const packages = messages<typeof vi>({
  vi,
  en: {
    title: (title: string) => `Interactive lesson: ${title}`,
    back: "Back to the material",
    standards: { scorm12: "SCORM 1.2", scorm2004: "SCORM 2004", h5p: "H5P" },
    parts: (count: number) => (count === 1 ? "1 part" : `${count} parts`),
    lost: "The result could not be saved. Check the connection; it is sent again with the next step.",
    own: "Your results",
    own_staff: "Your results from trying it",
    own_none: "No results yet. They are saved while you work, and next time you go on where you stopped.",
    practice: "These results are for practice and are no official mark.",
    not_started: "Not started",
    started: "Started",
    completed: "Completed",
    passed: "Passed",
    failed: "Not passed",
    score: (score: string) => `best ${score}`,
    minutes: (minutes: number) => (minutes < 1 ? "under a minute" : minutes === 1 ? "1 minute" : `${minutes} minutes`),
    completed_parts: (completed: number, parts: number) => `${completed}/${parts} parts`,
    flags: { score_outside: "Reported score out of bounds", too_fast: "Finished unusually fast" },
    class_results: "Results of the class",
    class_of: (name: string) => `Results of class ${name}`,
    class_lead: "The pupil's browser marks and reports by itself, so this is for practice only. Each look at this page is written down.",
    pupil: "Pupil",
    state: "State",
    best: "Best score",
    time: "Time",
    last: "Last time",
    note: "Note",
    class_done: (done: number, pupils: number) => `${done} of ${pupils} pupils have completed it`,
    class_none: "The class has no pupils yet",
  },
});

declare global {
  interface Words {
    packages: typeof packages.vi;
  }
}
