/**
 * Type-checks every template: a misspelt field, a missing datum, a partial called with the wrong data, bare text or a
 * raw string that was never made safe is an error with the template's file and line.
 *
 * Each template is compiled to the JavaScript that EJS runs, wrapped as a function of its page type, and handed to the
 * TypeScript compiler in memory.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ejs from "ejs";
import ts from "typescript";
import { ROOT } from "../../server/config.ts";
import { TEMPLATE_OPTIONS } from "../../server/platform/web/render.ts";

const VIEWS = path.join(ROOT, "views");

interface Problem {
  file: string;
  line: number;
  text: string;
}

const names = readdirSync(VIEWS, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ejs"))
  .map((name) => name.slice(0, -4).split(path.sep).join("/"))
  .sort();

const sources = new Map<string, string>(names.map((name) => [path.join(ROOT, "views", `${name}.check.ts`), checkable(name)]));
const problems: Problem[] = [...typeProblems(), ...names.flatMap(textProblems)];
for (const problem of problems) process.stderr.write(`views/${problem.file}:${problem.line} ${problem.text}\n`);
process.stdout.write(`check:views: ${names.length} templates, ${problems.length} problems\n`);
process.exit(problems.length === 0 ? 0 : 1);

function checkable(name: string): string {
  const text = readFileSync(path.join(VIEWS, `${name}.ejs`), "utf8");
  const template = new (ejs as unknown as { Template: new (text: string, options: object) => { source: string; generateSource(): void } }).Template(text, {
    ...TEMPLATE_OPTIONS,
    filename: `${name}.ejs`,
    compileDebug: true,
  });
  template.generateSource();
  return [
    `import type { PageCommon, SafeHtml } from "${"../".repeat(name.split("/").length)}server/platform/web/render.ts";`,
    `declare function include<K extends keyof Views>(name: K, page: Views[K]): SafeHtml;`,
    `declare function escapeFn(value: string | number): SafeHtml;`,
    `declare function __append(html: SafeHtml): void;`,
    `declare function __append<S extends string>(html: string extends S ? never : S): void;`,
    `let __line = 1;`,
    `export function view(page: Views[${JSON.stringify(name)}] & PageCommon): void {`,
    template.source,
    `}`,
  ].join("\n");
}

function typeProblems(): Problem[] {
  const settings = ts.parseJsonConfigFileContent(JSON.parse(readFileSync(path.join(ROOT, "tsconfig.json"), "utf8")), ts.sys, ROOT);
  const options: ts.CompilerOptions = { ...settings.options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false, rootDir: ROOT };
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.readFile = (file) => sources.get(path.normalize(file)) ?? read(file);
  host.fileExists = (file) => sources.has(path.normalize(file)) || exists(file);
  const server = settings.fileNames.filter((file) => file.includes(`${path.sep}server${path.sep}`));
  const program = ts.createProgram([...sources.keys(), ...server], options, host);
  return [...sources.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    if (source === undefined) return [];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((found) => problemOf(file, source, found));
  });
}

function problemOf(file: string, source: ts.SourceFile, found: ts.Diagnostic): Problem {
  const before = source.text.slice(0, found.start ?? 0);
  const marks = [...before.matchAll(/__line = (\d+)/g)];
  return {
    file: path.relative(VIEWS, file).replace(/\.check\.ts$/, ".ejs"),
    line: Number(marks.at(-1)?.[1] ?? 1),
    text: ts.flattenDiagnosticMessageText(found.messageText, "\n"),
  };
}

/** Words must come from `page.t`: letters outside tags and EJS are bare text; so are words in titles and labels. */
function textProblems(name: string): Problem[] {
  const text = readFileSync(path.join(VIEWS, `${name}.ejs`), "utf8");
  const found: Problem[] = [];
  const blanked = text.replace(/<%[\s\S]*?%>/g, (tag) => tag.replace(/[^\n]/g, "\u0001"));
  const report = (at: number, what: string): void => {
    found.push({ file: `${name}.ejs`, line: blanked.slice(0, at).split("\n").length, text: what });
  };
  for (const match of blanked.matchAll(/(?:^|>)([^<>]*)/g)) {
    const words = (match[1] ?? "").replace(/&[a-z]+;|&#\d+;|\u0001/g, " ");
    if (/\p{L}/u.test(words)) report((match.index ?? 0) + match[0].search(/\p{L}/u), `bare text: ${words.trim().slice(0, 60)}`);
  }
  for (const match of blanked.matchAll(/\s(?:title|alt|aria-label|placeholder|label)="([^"]*\p{L}[^"]*)"/gu)) {
    report(match.index ?? 0, `bare text in an attribute: ${match[1]}`);
  }
  if (/\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)(?! type="application\/ld\+json">)/i.test(blanked)) report(0, "inline style, handler or script");
  if (text.split("\n").length > 160) report(0, "longer than 160 lines");
  return found;
}
