import { createHmac } from "node:crypto";
import type { Instant } from "../../platform/clock.ts";

export interface TurnSettings {
  /** `turn:host:port?transport=tcp`, `turns:…`. */
  urls: readonly string[];
  /** coturn's `static-auth-secret`; without it the addresses are used as they are. */
  secret: string | undefined;
}

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

const LIFE_HOURS = 12;

/**
 * Relays for browsers behind firewalls that let no UDP through, with a ticket that ends by itself (coturn's REST scheme).
 * @param at by the machine's clock, which the relay goes by too
 */
export function iceServers({ urls, secret }: TurnSettings, personId: string, at: Instant): IceServer[] {
  if (urls.length === 0) return [];
  if (secret === undefined) return [{ urls: [...urls] }];
  const username = `${Math.floor(Date.parse(at) / 1000) + LIFE_HOURS * 3600}:${personId}`;
  return [{ urls: [...urls], username, credential: createHmac("sha1", secret).update(username).digest("base64") }];
}
