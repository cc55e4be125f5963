import type { Sensitive } from "./columns.ts";

/**
 * What a school may keep of private life, and what for. Nothing is kept until its leader has switched the purpose on and
 * said why, and it goes when the purpose is switched off. Religion, birthplace, insurance, bank and salary serve no purpose
 * here: they are never kept. Source: Law 91/2025/QH15 on Personal Data Protection; DOMAIN §4.
 */
export const PURPOSES = {
  /** To reach the parents when a pupil misses class. */
  family: ["parents", "phone", "address", "contact"],
  /** To support pupils with disabilities (giáo dục hoà nhập). */
  inclusion: ["disability", "health"],
  /** To give pupils what policy grants them (chế độ, chính sách). */
  policy: ["ethnicity", "hardship"],
} as const satisfies Record<string, readonly Sensitive[]>;

export type Purpose = keyof typeof PURPOSES;
export const PURPOSE_NAMES = Object.keys(PURPOSES) as [Purpose, ...Purpose[]];

/** The kinds of private columns that these purposes allow to keep. */
export function kindsKept(purposes: readonly Purpose[]): ReadonlySet<Sensitive> {
  return new Set(purposes.flatMap((purpose): readonly Sensitive[] => PURPOSES[purpose]));
}
