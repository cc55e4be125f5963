import nodemailer from "nodemailer";
import type { Log } from "./log.ts";

export interface Letter {
  to: string;
  subject: string;
  text: string;
  /** Of letters that come by themselves: the address whose POST ends them. */
  endsAt?: string;
}

/** Where letters go. The console by default, so that a school without a mail server loses no link. */
export type Mail = (letter: Letter) => Promise<void>;

export function makeMail(options: { smtpUrl: string | undefined; from: string; log: Log; print?: (line: string) => void }): Mail {
  const { smtpUrl, from } = options;
  if (smtpUrl === undefined) {
    const print = options.print ?? ((line: string) => process.stdout.write(`${line}\n`));
    return (letter) => {
      print(`--- mail to ${letter.to}: ${letter.subject}\n${letter.text}\n---`);
      return Promise.resolve();
    };
  }
  const transport = nodemailer.createTransport(smtpUrl);
  return async (letter) => {
    await transport.sendMail({ from, to: letter.to, subject: letter.subject, text: letter.text, headers: headersOf(letter) });
  };
}

/** A mail program shows its own button to end letters: one press where the address is https (RFC 8058), else a page (RFC 2369). */
export function headersOf({ endsAt }: Pick<Letter, "endsAt">): Record<string, string> {
  if (endsAt === undefined) return {};
  const oneClick = endsAt.startsWith("https:") ? { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } : {};
  return { "List-Unsubscribe": `<${endsAt}>`, "Auto-Submitted": "auto-generated", ...oneClick };
}
