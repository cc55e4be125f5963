import { readFileSync } from "node:fs";
import path from "node:path";
import type { RequestHandler } from "express";
import ejs from "ejs";
import type { Lang, Formats } from "../i18n.ts";

declare const safe: unique symbol;
/** HTML that needs no escaping: made by the sanitiser or by a template, never by hand. */
export type SafeHtml = string & { readonly [safe]: true };

declare global {
  /** Every template and the data it gets; each feature's pages.ts adds its own. */
  interface Views {}
}

/** What every template gets besides its own data. */
export interface PageCommon {
  t: Words;
  f: Formats;
  lang: Lang;
  /** The versioned URL of a file below public/. */
  asset: (file: string) => string;
}

/** What a page tells the layout. */
export interface Frame {
  title: string;
  crumbs?: { href?: string; label: string }[];
  /** Module scripts below public/, such as `js/upload-queue.js`. */
  scripts?: string[];
  /** Full width, for tables and the live class. */
  wide?: boolean;
  status?: number;
}

/** Wraps the rendered body in the layout; handed in by the app, which knows people and schools. */
export type Layout = (req: Parameters<RequestHandler>[0], res: Parameters<RequestHandler>[1], frame: Frame, body: SafeHtml) => string;

export interface Renderer {
  /** Renders one template to HTML. */
  render<Name extends keyof Views>(name: Name, page: Views[Name], common: PageCommon): SafeHtml;
}

export function makeRenderer(root: string): Renderer {
  const compiled = new Map<string, ejs.TemplateFunction>();
  return {
    render(name, page, common) {
      let template = compiled.get(name);
      if (template === undefined) {
        const filename = path.join(root, `${name}.ejs`);
        template = ejs.compile(readFileSync(filename, "utf8"), { ...TEMPLATE_OPTIONS, filename, views: [root], cache: true });
        compiled.set(name, template);
      }
      return template({ ...page, ...common }) as SafeHtml;
    },
  };
}

/** Every datum is `page.something`: a misspelt name throws where plain EJS prints nothing. */
export const TEMPLATE_OPTIONS = { strict: true, _with: false, localsName: "page" } as const;

/** Gives every response `res.page`, the only way to a template. */
export function pages(renderer: Renderer, layout: Layout, common: (req: Parameters<RequestHandler>[0]) => PageCommon): RequestHandler {
  return (req, res, next) => {
    res.page = (name, page, frame) => {
      const body = renderer.render(name, page, common(req));
      res.status(frame.status ?? res.statusCode);
      res.type("html").send(layout(req, res, frame, body));
    };
    res.fragment = (name, page) => renderer.render(name, page, common(req));
    next();
  };
}
