import { messages } from "../platform/i18n.ts";

export const api = messages({
  vi: {
    title: "Mã truy cập API",
    lead: "Dành cho phần mềm khác đọc số liệu thay thầy cô. Mã chỉ đọc được những gì tài khoản này được xem, và hết hạn sau một năm.",
    docs: "Mô tả API (OpenAPI)",
    name: "Tên để nhớ (phần mềm nào dùng)",
    create: "Tạo mã mới",
    created: (token: string) => `Mã truy cập: ${token}. Hãy chép lại ngay, mã chỉ hiện một lần này.`,
    revoked: "Đã thu hồi mã.",
    empty: "Chưa có mã truy cập nào",
    caption: "Các mã truy cập",
    columns: { name: "Tên", created: "Tạo lúc", expires: "Hết hạn", act: "Việc cần làm" },
    revoke: "Thu hồi",
    revoke_confirm: (name: string) => `Thu hồi mã “${name}”? Phần mềm đang dùng mã này sẽ không đọc được số liệu nữa.`,
    ended: "Đã thu hồi",
  },
  en: {
    title: "API tokens",
    lead: "For other software that reads figures on your behalf. A token reads only what this account may see, and ends after a year.",
    docs: "Description of the API (OpenAPI)",
    name: "A name to remember it by (which software uses it)",
    create: "Make a token",
    created: (token: string) => `Token: ${token}. Copy it now; it is shown only this once.`,
    revoked: "The token is revoked.",
    empty: "No tokens yet",
    caption: "Tokens",
    columns: { name: "Name", created: "Made", expires: "Ends", act: "To do" },
    revoke: "Revoke",
    revoke_confirm: (name: string) => `Revoke the token “${name}”? Software that uses it can no longer read figures.`,
    ended: "Revoked",
  },
});

declare global {
  interface Words {
    api: typeof api.vi;
  }
}
