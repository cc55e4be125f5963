import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { ROOT } from "../../server/config.ts";

type Palette = Record<string, string>;

const css = readFileSync(path.join(ROOT, "public/css/tokens.css"), "utf8");

const LIGHT = paletteAfter(":root {");
const DARK = { ...LIGHT, ...paletteAfter(':root[data-theme="dark"] {') };
const DARK_BY_DEVICE = { ...LIGHT, ...paletteAfter(':root:not([data-theme="light"]) {') };

const GROUNDS = ["paper", "surface", "sunken"];
/** Text on its ground: 4.5:1. */
const TEXT: [string, string[]][] = [
  ["ink", [...GROUNDS, "primary-soft", "accent-soft", "good-soft", "warn-soft", "bad-soft", "heat-0", "heat-1", "heat-2", "heat-3", "heat-4"]],
  ["muted", [...GROUNDS, "primary-soft"]],
  ["primary", [...GROUNDS, "primary-soft", "accent-soft", "good-soft", "warn-soft", "bad-soft"]],
  ["primary-strong", [...GROUNDS, "primary-soft"]],
  ["on-primary", ["primary"]],
  ["accent", [...GROUNDS, "accent-soft"]],
  ["on-accent", ["accent"]],
  ["good", ["surface", "paper", "good-soft"]],
  ["warn", ["surface", "paper", "warn-soft"]],
  ["bad", ["surface", "paper", "bad-soft"]],
  ["on-bay", ["bay", "bay-far"]],
  ["on-bay-muted", ["bay", "bay-far"]],
];
/** Borders of fields, marks, focus: 3:1. */
const GRAPHICS: [string, string[]][] = [
  ["control", GROUNDS],
  ["focus", GROUNDS],
  ["good", ["sunken", "heat-3", "heat-4"]],
  ["warn", ["sunken"]],
  ["accent", ["surface"]],
  ["on-bay-muted", ["bay"]],
];

describe("the colours", () => {
  for (const [theme, palette] of Object.entries({ light: LIGHT, dark: DARK })) {
    it(`can be read in the ${theme} theme`, () => {
      expect(tooWeak(palette, TEXT, 4.5)).to.deep.equal([]);
    });
    it(`show edges and marks in the ${theme} theme`, () => {
      expect(tooWeak(palette, GRAPHICS, 3)).to.deep.equal([]);
    });
  }

  it("are the same dark ones by the device's wish and by the switch", () => {
    expect(DARK_BY_DEVICE).to.deep.equal(DARK);
  });
});

function paletteAfter(start: string): Palette {
  const block = css.slice(css.indexOf(start) + start.length).split("}")[0] ?? "";
  return Object.fromEntries([...block.matchAll(/--([a-z0-9-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function tooWeak(palette: Palette, pairs: [string, string[]][], least: number): string[] {
  return pairs.flatMap(([front, grounds]) =>
    grounds.flatMap((ground) => {
      const ratio = contrast(palette[front] ?? "", palette[ground] ?? "");
      return ratio >= least ? [] : [`${front} on ${ground}: ${ratio.toFixed(2)}`];
    }),
  );
}

/** Source: WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  expect(hex).to.match(/^#[0-9a-f]{6}$/);
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
