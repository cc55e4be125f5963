/** A person at a browser, as far as HTTP goes: keeps cookies, sends what a browser sends, does not follow redirects. */
export class Client {
  private readonly cookies = new Map<string, string>();
  readonly base: string;
  lang: string;

  constructor(base: string, lang = "vi") {
    this.base = base;
    this.lang = lang;
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** The same person with the same cookies at another address. */
  at(base: string): Client {
    const other = new Client(base, this.lang);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  async send(method: string, path: string, options: { body?: URLSearchParams | FormData | Uint8Array; headers?: Record<string, string> } = {}): Promise<Answer> {
    const response = await fetch(this.base + path, {
      method,
      redirect: "manual",
      headers: {
        accept: "text/html,application/xhtml+xml",
        "accept-language": this.lang,
        "accept-encoding": "identity", // what is packed here would only be unpacked again
        "sec-fetch-site": "same-origin",
        ...(this.cookies.size > 0 ? { cookie: this.cookie } : {}),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: options.body as FormData }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, location: response.headers.get("location") ?? "", headers: response.headers, bytes, text: bytes.toString("utf8") };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("GET", path, { headers });
  }

  /** Sends a form; a list repeats the field. */
  post(path: string, form: Record<string, string | readonly string[]> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(form)) {
      for (const item of typeof value === "string" ? [value] : value) body.append(name, item);
    }
    return this.send("POST", path, { body, headers });
  }

  /** Sends a form with files, as `<input type="file">` does. */
  upload(path: string, fields: Record<string, string>, files: readonly { field: string; name: string; type: string; bytes: Uint8Array }[]): Promise<Answer> {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    for (const file of files) body.append(file.field, new Blob([Uint8Array.from(file.bytes)], { type: file.type }), file.name);
    return this.send("POST", path, { body });
  }

  async signIn(login: string, password = PASSWORD): Promise<this> {
    const answer = await this.post("/sign-in", { login, password });
    if (answer.status !== 303) throw new Error(`${login} could not sign in: ${answer.status}`);
    return this;
  }
}

export interface Answer {
  status: number;
  location: string;
  headers: Headers;
  bytes: Buffer;
  text: string;
}

/** Everybody in the tests' world has this password. */
export const PASSWORD = "Tieng-trong-truong-2026";

/** The address that a page names so, as a browser reads it. */
export function linkIn(html: string, pattern: RegExp): string {
  const found = pattern.exec(html)?.[1];
  if (found === undefined) throw new Error(`no link ${String(pattern)}`);
  return found.replace(/&amp;/g, "&");
}
