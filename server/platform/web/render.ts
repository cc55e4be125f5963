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

/** What a page says to machines. */
export interface PageMeta {
  description: string;
  /** The one address of the page, absolute. */
  canonical: string;
  /** JSON-LD: a data block that runs nothing, so that the CSP lets it stand. */
  data?: string;
}

/** What a page tells the layout. */
export interface Frame {
  title: string;
  crumbs?: { href?: string; label: string }[];
  /** Module scripts below public/, such as `js/upload-queue.js`. */
  scripts?: string[];
  /** Full width, for tables and the live class. */
  wide?: boolean;
  /** For search engines: only public pages have it. */
  meta?: PageMeta;
  status?: number;
}

/** Wraps the rendered body in the layout; handed in by the app, which knows people and schools. */
export type Layout = (req: Parameters<RequestHandler>[0], res: Parameters<RequestHandler>[1], frame: Frame, body: SafeHtml) => string;

export interface Renderer {
  /** Renders one template to HTML. */
  render<Name extends keyof Views>(name: Name, page: Views[Name], common: PageCommon): SafeHtml;
}

type Include = (name: string, page: object) => string;
type Template = (page: object, escapeFn: (value: unknown) => string, include: Include) => string;

/**
 * Compiles each template once. A partial gets its own data and the common part, and nothing of the page that includes it,
 * so that what the type check allows is all there is. (EJS's own include copies every field along and asks the disk for
 * the file at each call.)
 */
export function makeRenderer(root: string): Renderer {
  const compiled = new Map<string, Template>();
  const templateOf = (name: string): Template => {
    const template = compiled.get(name) ?? compile(path.join(root, `${name}.ejs`));
    compiled.set(name, template);
    return template;
  };
  return {
    render(name, page, common) {
      const include: Include = (partial, own) => templateOf(partial)({ ...own, ...common }, escapeHtml, include);
      return include(name, page) as SafeHtml;
    },
  };
}

/** The source that EJS makes of a template, as a function. An error names the template and its line. */
function compile(filename: string): Template {
  const template = new EjsTemplate(readFileSync(filename, "utf8"), { ...TEMPLATE_OPTIONS, filename, compileDebug: true });
  template.generateSource();
  const body = [
    '"use strict"; let __line = 1, __output = "";',
    "const __append = (html) => { if (html !== undefined && html !== null) __output += html; };",
    `try { ${template.source}`,
    `} catch (error) { throw error.located ? error : Object.assign(new Error(${JSON.stringify(filename)} + ":" + __line + " " + error.message, { cause: error }), { located: true }); }`,
    "return __output;",
  ].join("\n");
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- this is how a template becomes a function
  return new Function(TEMPLATE_OPTIONS.localsName, "escapeFn", "include", body) as Template;
}

/** EJS's compiler, which its types do not name. */
const EjsTemplate = (ejs as unknown as { Template: new (text: string, options: object) => { source: string; generateSource(): void } }).Template;

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

function escapeHtml(value: unknown): string {
  if (value === undefined || value === null) return "";
  return String(value).replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
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

/** JSON for a `<script type="application/ld+json">`: no text in it can end the element. */
export function jsonBlock(json: string): SafeHtml {
  return json.replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`) as SafeHtml;
}
