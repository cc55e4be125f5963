import type { Role } from "../access/actor.ts";

/** One demonstration account as the sign-in page offers it. */
export interface DemoAccount {
  username: string;
  name: string;
  role: Role;
  school: string;
}

export interface SignInPage {
  login: string;
  wrong: boolean;
  expired: boolean;
  /** Own path to go to afterwards. */
  next: string;
  demo: { password: string; accounts: DemoAccount[] } | undefined;
}

declare global {
  interface Views {
    "accounts/sign-in": SignInPage;
  }
}

/** An own path to return to; anything that could lead to another host becomes the home page. */
export function ownPath(value: unknown): string {
  if (typeof value !== "string" || !/^\/(?![/\\])[^\\\s]*$/.test(value) || value.length > 500) return "/";
  return value;
}
