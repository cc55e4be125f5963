import { messages } from "../platform/i18n.ts";

export const accounts = messages({
  vi: {
    sign_in: "Đăng nhập",
    sign_out: "Đăng xuất",
    login: "Tên đăng nhập hoặc thư điện tử",
    password: "Mật khẩu",
    wrong: "Tên đăng nhập hoặc mật khẩu chưa đúng.",
    demo_title: "Tài khoản dùng thử",
    demo_hint: (password: string) => `Mọi tài khoản dùng thử có mật khẩu: ${password}`,
    demo_choose: "Dùng tài khoản này",
    expired: "Phiên làm việc đã hết. Hãy đăng nhập lại; những gì vừa gõ vẫn được giữ ở đây.",
  },
  en: {
    sign_in: "Sign in",
    sign_out: "Sign out",
    login: "User name or e-mail",
    password: "Password",
    wrong: "The user name or password is not right.",
    demo_title: "Demonstration accounts",
    demo_hint: (password: string) => `Every demonstration account has the password: ${password}`,
    demo_choose: "Use this account",
    expired: "Your session has ended. Sign in again; what you typed is kept here.",
  },
});

declare global {
  interface Words {
    accounts: typeof accounts.vi;
  }
}
