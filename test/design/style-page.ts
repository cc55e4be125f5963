/** A living style page: every component with sample data, in the real layout, under the real security headers. */
import type { Server } from "node:http";
import path from "node:path";
import express from "express";
import { ROOT } from "../../server/config.ts";
import { formats, type Lang } from "../../server/platform/i18n.ts";
import { makeAssets } from "../../server/platform/web/assets.ts";
import { headers } from "../../server/platform/web/pipeline.ts";
import { makeRenderer, type PageCommon, type SafeHtml } from "../../server/platform/web/render.ts";
import type { NavItem } from "../../server/shell/nav.ts";
import type { LayoutView } from "../../server/shell/partials.ts";
import { words } from "../../server/words.ts";
import { SAMPLES } from "./samples.ts";

export function stylePage(): express.Express {
  const app = express();
  const assets = makeAssets(path.join(ROOT, "public"));
  const renderer = makeRenderer(path.join(ROOT, "views"));
  app.use(headers(false), assets.router);
  app.get("/", (req, res) => {
    const lang: Lang = req.query["lang"] === "en" ? "en" : "vi";
    const common: PageCommon = { t: words[lang], f: formats[lang], lang, asset: assets.url };
    const body = `<div class="columns" data-wide>${SAMPLES.map((sample) => renderer.render(sample.name, sample.page, common)).join("\n")}</div>`;
    res.type("html").send(`<!doctype html>\n${renderer.render("layout", frame(body as SafeHtml, req.query["theme"]), common)}`);
  });
  return app;
}

function frame(body: SafeHtml, theme: unknown): LayoutView {
  const item = (label: string, icon: string, current = false): NavItem => ({ href: `/${icon}`, label, icon, current });
  const nav = [item("Trang chủ", "house", true), item("Lớp môn học", "book-open"), item("Lớp trực tuyến", "video"), item("Duyệt học liệu", "clipboard-check"), item("Chỉ tiêu", "gauge")];
  return {
    title: "Style page",
    body,
    scripts: [],
    nav: [...nav, item("Kế hoạch", "list-ordered"), item("Sổ tiết dạy", "notebook-pen")],
    bottomNav: nav,
    breadcrumbs: [{ href: "/", label: "Trang chủ" }, { label: "Mẫu giao diện" }],
    person: { name: "Nguyễn Thị Hương", roleLabel: "Giáo viên", href: "/profile" },
    school: { id: "1", name: "Trường THCS Trần Phú" },
    notices: 2,
    flash: [{ kind: "good", text: "Đã gửi duyệt “Phân số bằng nhau”. Lớp 6 môn Toán nay có 13/98 bài đã số hoá." }],
    theme: theme === "dark" || theme === "light" ? theme : "auto",
    url: "/",
    wide: false,
    search: true,
    meta: undefined,
  };
}

export function startStylePage(port: number): Promise<{ server: Server; address: string }> {
  return new Promise((resolve) => {
    const server = stylePage().listen(port, "127.0.0.1", () => {
      const bound = server.address();
      resolve({ server, address: `http://127.0.0.1:${typeof bound === "object" && bound ? bound.port : port}/` });
    });
  });
}

if (process.argv[1] === import.meta.filename) console.log((await startStylePage(Number(process.env["PORT"] ?? 3180))).address);
