import pino, { type Logger } from "pino";

export type Log = Logger;

/** The structured log. Ids and codes only: never a name, an identity code, a mark or a message of a person. */
export function makeLog(level: string): Log {
  return pino({ level, base: null, redact: ["req.headers.cookie", "req.headers.authorization"] });
}
