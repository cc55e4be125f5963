import type { Params } from "./errors.ts";
import { formats, messages } from "./i18n.ts";

type Text = string | ((p: Params) => string);

/** Words for what every form and every refusal can meet. Features add their own codes here, one line a language. */
export const platform = messages({
  vi: {
    /** By `Refusal.key`. */
    refusals: {
      not_found: "Không tìm thấy trang hoặc nội dung này. Có thể đường dẫn đã cũ, hoặc nội dung không dành cho tài khoản của thầy cô/em.",
      role: "Vai trò hiện tại không được phép làm việc này.",
      own_upload: "Không ai được tự duyệt hoặc tự xác nhận phần của chính mình. Việc này do người khác có thẩm quyền làm.",
      not_your_course: "Đây không phải lớp môn học do thầy cô dạy.",
      not_your_subject: "Môn này không thuộc tổ chuyên môn của thầy cô.",
      not_your_class: "Đây không phải lớp của thầy cô.",
      adults_only: "Chỉ giáo viên và cán bộ nhà trường xem được phần này.",
      cross_site: "Yêu cầu này được gửi từ một trang khác nên không được chấp nhận. Hãy mở lại trang và thử lần nữa.",
      conflict: "Nội dung vừa được người khác thay đổi. Hãy tải lại trang để xem bản mới nhất.",
      too_large: "Nội dung gửi lên lớn hơn mức cho phép.",
      too_many: "Quá nhiều lần thử trong thời gian ngắn. Hãy đợi ít phút rồi thử lại.",
      invalid: "Nội dung gửi lên không đúng dạng nên chưa được lưu.",
      storage_full: "Máy chủ đã hết chỗ lưu tệp. Chưa có gì được lưu; hãy báo cho người quản trị hệ thống.",
      unexpected: "Hệ thống gặp lỗi ngoài dự kiến. Những gì đã lưu trước đó vẫn còn nguyên.",
    } as Record<string, Text>,
    /** By `FieldError.code`. */
    fields: {
      required: "Cần điền mục này.",
      too_short: (p) => `Cần ít nhất ${p["min"]} ký tự.`,
      too_long: (p) => `Dài quá: tối đa ${p["max"]} ký tự.`,
      too_small: (p) => `Số nhỏ nhất được nhận là ${p["min"]}.`,
      too_big: (p) => `Số lớn nhất được nhận là ${p["max"]}.`,
      not_a_choice: "Hãy chọn một mục có trong danh sách.",
      unknown_field: "Mục này không có trong biểu mẫu.",
      invalid: "Giá trị chưa đúng dạng.",
      bad_date: "Ngày chưa đúng. Viết theo dạng ngày/tháng/năm, ví dụ 05/09/2026.",
    } as Record<string, Text>,
    /** By `RefusedFile.code`: why a file was not taken. */
    files: {
      too_large: (p) => `Tệp lớn hơn mức cho phép (${formats.vi.bytes(Number(p["max"]))}).`,
      empty: "Tệp trống, không có nội dung.",
      too_many: (p) => `Mỗi lần chỉ nhận ${p["files"]} tệp; hãy gửi tệp này ở lần sau.`,
      program: (p) => `Tệp .${p["ext"]} có thể chạy mã lệnh nên không được nhận.`,
      type_not_allowed: "Loại tệp này không được nhận.",
      mismatch: (p) => `Nội dung không đúng với đuôi tệp .${p["ext"]}. Hãy mở tệp và lưu lại đúng dạng.`,
      macro: "Tệp có chứa macro nên không được nhận. Hãy lưu lại ở dạng không có macro.",
      locked: "Tệp được đặt mật khẩu nên không mở được. Hãy bỏ mật khẩu rồi gửi lại.",
      broken: "Tệp bị hỏng hoặc chưa tải về trọn vẹn. Hãy mở thử trên máy rồi gửi lại.",
      bomb: "Tệp nén giãn ra quá lớn nên không được nhận.",
      not_utf8: "Tệp văn bản không phải mã Unicode (UTF-8). Hãy lưu lại với mã UTF-8.",
      virus: "Tệp có dấu hiệu của vi-rút nên không được nhận.",
      not_asked: "Tệp gửi không đúng chỗ trong biểu mẫu nên không được nhận.",
    } as Record<string, Text>,
    error_title: "Chưa làm được việc này",
    error_reference: "Mã tra cứu lỗi",
    error_back: "Về trang chủ",
  },
  en: {
    refusals: {
      not_found: "This page or item was not found. The link may be old, or it is not meant for your account.",
      role: "Your role does not allow this.",
      own_upload: "Nobody approves or confirms what is their own. Someone else with the right to do so must.",
      not_your_course: "This is not a course you teach.",
      not_your_subject: "This subject is not in your subject group.",
      not_your_class: "This is not your class.",
      adults_only: "Only teachers and staff of the school can see this.",
      cross_site: "This request came from another site and was refused. Open the page again and retry.",
      conflict: "Someone has just changed this. Reload the page to see the newest version.",
      too_large: "What was sent is larger than allowed.",
      too_many: "Too many attempts in a short time. Wait a few minutes and try again.",
      invalid: "What was sent has the wrong form and was not saved.",
      storage_full: "The server has no room left for files. Nothing was saved; please tell the system administrator.",
      unexpected: "Something unexpected went wrong. Everything saved before is still there.",
    },
    fields: {
      required: "Please fill this in.",
      too_short: (p) => `At least ${p["min"]} characters are needed.`,
      too_long: (p) => `Too long: at most ${p["max"]} characters.`,
      too_small: (p) => `The smallest number accepted is ${p["min"]}.`,
      too_big: (p) => `The largest number accepted is ${p["max"]}.`,
      not_a_choice: "Choose one of the options in the list.",
      unknown_field: "The form has no such field.",
      invalid: "This value does not have the right form.",
      bad_date: "This date is not right. Write day/month/year, for example 05/09/2026.",
    },
    files: {
      too_large: (p) => `The file is larger than allowed (${formats.en.bytes(Number(p["max"]))}).`,
      empty: "The file is empty.",
      too_many: (p) => `Only ${p["files"]} files are taken at a time; send this one next.`,
      program: (p) => `A .${p["ext"]} file can run code and is not taken.`,
      type_not_allowed: "This type of file is not taken.",
      mismatch: (p) => `The content is not what the ending .${p["ext"]} says. Open the file and save it in the right format.`,
      macro: "The file contains macros and is not taken. Save it without macros.",
      locked: "The file has a password and cannot be opened. Remove the password and send it again.",
      broken: "The file is broken or was not downloaded completely. Try to open it, then send it again.",
      bomb: "The archive unpacks to far too much and is not taken.",
      not_utf8: "The text is not Unicode (UTF-8). Save it as UTF-8.",
      virus: "The file looks like a virus and is not taken.",
      not_asked: "The file came in the wrong place of the form and was not taken.",
    },
    error_title: "This could not be done",
    error_reference: "Error reference",
    error_back: "To the home page",
  },
});

declare global {
  interface Words {
    platform: typeof platform.vi;
  }
}

/** The words of a refusal or a field error; an unknown code is a bug and says so in tests. */
export function sayText(catalogue: Record<string, Text>, code: string, params: Params): string {
  const text = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  if (text === undefined) throw new Error(`no words for the code "${code}"`);
  return typeof text === "string" ? text : text(params);
}
