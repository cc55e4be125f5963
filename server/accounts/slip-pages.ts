import QRCode from "qrcode";
import type { NoticeView, PageHeadView } from "../shell/partials.ts";
import { printedCode } from "./slips.ts";

export interface SlipsPage {
  head: PageHeadView;
  notice: NoticeView;
  back: { href: string; label: string };
  slips: Slip[];
}

export interface Slip {
  name: string;
  detail: string;
  username: string;
  code: string;
  qr: Picture;
}

/** A QR code as one path: no style, no picture file, nothing that the CSP forbids. */
export interface Picture {
  size: number;
  path: string;
}

declare global {
  interface Views {
    "accounts/slips": SlipsPage;
  }
}

const QUIET_ZONE = 4; // modules of white around the code, as its standard asks

/** The path of a QR code, one unit a module, dark modules of a row joined. */
export function qrPicture(text: string): Picture {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  let path = "";
  for (let y = 0; y < modules.size; y += 1) {
    for (let x = 0; x < modules.size; x += 1) {
      if (!modules.get(y, x)) continue;
      const from = x;
      while (x + 1 < modules.size && modules.get(y, x + 1)) x += 1;
      path += `M${from + QUIET_ZONE} ${y + QUIET_ZONE}h${x - from + 1}v1h-${x - from + 1}z`;
    }
  }
  return { size: modules.size + 2 * QUIET_ZONE, path };
}

/** What is printed and cut apart: one slip a pupil. */
export function slipsPage(
  t: Words,
  klass: { id: string; name: string; school: { name: string } },
  pupils: readonly { id: string; name: string; username: string }[],
  codes: ReadonlyMap<string, string>,
  baseUrl: string,
): SlipsPage {
  const words = t.accounts;
  const given = pupils.flatMap((pupil) => {
    const code = codes.get(pupil.id);
    return code === undefined ? [] : [{ pupil, code }];
  });
  return {
    head: { title: words.slips_title(klass.name), eyebrow: klass.school.name, lead: words.slips_lead(baseUrl) },
    notice: { kind: "warn", text: words.slips_once },
    back: { href: `/classes/${klass.id}`, label: words.slips_back },
    slips: given.map(({ pupil, code }) => ({
      name: pupil.name,
      detail: `${words.slips_class(klass.name)} · ${klass.school.name}`,
      username: pupil.username,
      code: printedCode(code),
      qr: qrPicture(`${baseUrl}/sign-in?login=${encodeURIComponent(pupil.username)}`),
    })),
  };
}
