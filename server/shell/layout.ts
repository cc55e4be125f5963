import type { Request, Response } from "express";
import { jsonBlock, type Frame, type PageCommon, type Renderer, type SafeHtml } from "../platform/web/render.ts";
import { ownPath } from "../platform/web/own-path.ts";
import { navOf, schoolOf } from "./nav.ts";

export interface ErrorPage {
  message: string;
  reference: string;
}

declare global {
  interface Views {
    "shell/error": ErrorPage;
  }
}

const BOTTOM_BAR_MAX = 5;

/** Wraps a page's body in the layout: top bar, navigation, notices. */
export function makeLayout(renderer: Renderer, common: (req: Request) => PageCommon) {
  return (req: Request, _res: Response, frame: Frame, body: SafeHtml): string => {
    const actor = req.visitor;
    const session = req.session as Request["session"] | undefined; // none where it could not be read, which the error page says
    const nav = actor ? navOf(actor, req.t, req.path) : [];
    const school = actor ? schoolOf(actor) : undefined;
    const role = actor?.memberships[0]?.role;
    const page = {
      title: frame.title,
      body,
      scripts: frame.scripts ?? [],
      nav,
      bottomNav: nav.slice(0, BOTTOM_BAR_MAX),
      breadcrumbs: frame.crumbs ?? [],
      ...(actor && role ? { person: { name: actor.name, roleLabel: req.t.access.roles[role], href: "/profile" } } : {}),
      ...(school ? { school } : {}),
      notices: actor?.unreadNotices ?? 0,
      flash: session ? takeFlash(session) : [],
      theme: actor?.theme ?? session?.theme ?? ("auto" as const),
      url: addressOf(req),
      wide: frame.wide ?? false,
      search: actor !== undefined && !actor.isGuest && req.path !== "/library", // that page is the box itself
      meta: frame.meta && { description: frame.meta.description, canonical: frame.meta.canonical, data: frame.meta.data === undefined ? undefined : jsonBlock(frame.meta.data) },
    };
    return `<!doctype html>\n${renderer.render("layout", page, common(req))}`;
  };
}

/** Where to come back to when the language or the theme was changed: a page that answered a form has no address of its own. */
function addressOf(req: Request): string {
  if (req.method === "GET") return req.originalUrl;
  const referer = req.get("referer") ?? "";
  const from = URL.canParse(referer) ? new URL(referer) : undefined;
  return from !== undefined && from.host === req.get("host") ? ownPath(from.pathname + from.search) : "/";
}

/** Says something on the next page the person sees. */
export function flash(req: Request, text: string, kind: "good" | "warn" | "bad" = "good"): void {
  req.session.flash = [...(req.session.flash ?? []), { kind, text }];
}

function takeFlash(session: Request["session"]): { kind: "good" | "warn" | "bad"; text: string }[] {
  const waiting = session.flash ?? [];
  if (waiting.length > 0) delete session.flash;
  return waiting;
}
