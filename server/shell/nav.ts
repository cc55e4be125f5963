import type { Actor, Role } from "../access/actor.ts";
import { messages } from "../platform/i18n.ts";

export const nav = messages({
  vi: {
    home: "Trang chủ",
    courses: "Lớp môn học",
    live: "Lớp trực tuyến",
    review: "Duyệt học liệu",
    materials: "Kho học liệu",
    measures: "Chỉ tiêu",
    plans: "Kế hoạch",
    ledger: "Sổ tiết dạy",
    tables: "Bảng các trường",
    scoreboard: "Bảng chỉ tiêu",
    units: "Đơn vị",
    conversions: "Tệp và chuyển đổi",
    people: "Nhân sự",
    classes: "Lớp học",
    pupils: "Học sinh",
  },
  en: {
    home: "Home",
    courses: "Courses",
    live: "Live classes",
    review: "Review",
    materials: "Materials",
    measures: "Targets",
    plans: "Plans",
    ledger: "Ledger",
    tables: "Schools",
    scoreboard: "Scores",
    units: "Units",
    conversions: "Conversions",
    people: "People",
    classes: "Classes",
    pupils: "Pupils",
  },
});

declare global {
  interface Words {
    nav: typeof nav.vi;
  }
}

/** A link of the main navigation. */
export interface NavItem {
  href: string;
  label: string;
  icon: string;
  current: boolean;
}

interface Destination {
  href: (schoolId: string) => string;
  label: keyof Words["nav"];
  icon: string;
  roles: readonly Role[];
  /** Open besides to those who stand in for a leader. */
  deputies?: true;
}

const STAFF: readonly Role[] = ["teacher", "department_head", "school_leader", "school_admin"];
const OFFICERS: readonly Role[] = ["commune_officer", "province_officer"];

/** Where people go, in the order of how often; the first five that fit a person make the phone's bottom bar. */
const DESTINATIONS: readonly Destination[] = [
  { href: () => "/", label: "home", icon: "house", roles: ["pupil", "parent", ...STAFF, ...OFFICERS, "system_admin"] },
  { href: () => "/courses", label: "courses", icon: "book-open", roles: ["pupil", "teacher"] },
  { href: () => "/live-classes", label: "live", icon: "video", roles: ["pupil", "teacher"] },
  { href: () => "/review", label: "review", icon: "clipboard-check", roles: ["department_head", "school_leader"], deputies: true },
  { href: () => "/library", label: "materials", icon: "library", roles: ["pupil", "parent", ...STAFF, ...OFFICERS] },
  { href: (school) => `/schools/${school}/measures`, label: "measures", icon: "gauge", roles: ["school_leader", "department_head", "teacher"] },
  { href: (school) => `/schools/${school}/plans`, label: "plans", icon: "list-ordered", roles: STAFF },
  { href: () => "/ledger", label: "ledger", icon: "notebook-pen", roles: ["teacher"] },
  { href: () => "/measures", label: "tables", icon: "gauge", roles: OFFICERS },
  { href: () => "/scoreboard", label: "scoreboard", icon: "target", roles: OFFICERS },
  { href: (school) => `/schools/${school}/scoreboard`, label: "scoreboard", icon: "target", roles: ["school_leader"] },
  { href: () => "/units", label: "units", icon: "network", roles: [...OFFICERS, "system_admin"] },
  { href: () => "/conversions", label: "conversions", icon: "settings", roles: ["system_admin"] },
  { href: (school) => `/schools/${school}/people`, label: "people", icon: "users", roles: ["school_admin"] },
  { href: (school) => `/schools/${school}/classes`, label: "classes", icon: "school", roles: ["school_admin", "school_leader", "teacher"] },
  { href: (school) => `/schools/${school}/pupils`, label: "pupils", icon: "graduation-cap", roles: ["school_admin", "school_leader"] },
];

/** The navigation of a person on a page. */
export function navOf(actor: Actor, words: Words, currentPath: string): NavItem[] {
  const school = schoolOf(actor)?.id ?? "";
  return DESTINATIONS.filter((d) => actor.memberships.some((m) => d.roles.includes(m.role)) || (d.deputies && actor.deputyIn.size > 0)).map((d) => {
    const href = d.href(school);
    return {
      href,
      label: words.nav[d.label],
      icon: d.icon,
      current: href === "/" ? currentPath === "/" : currentPath === href || currentPath.startsWith(`${href}/`),
    };
  });
}

/** The school (or unit) whose name stands in the top bar: the first membership, the strongest role first. */
export function schoolOf(actor: Actor): { id: string; name: string } | undefined {
  const order: readonly Role[] = ["school_leader", "department_head", "school_admin", "teacher", "pupil", "parent", "commune_officer", "province_officer", "system_admin"];
  for (const role of order) {
    const membership = actor.memberships.find((m) => m.role === role);
    if (membership) return { id: membership.unitId, name: membership.unitName };
  }
  return undefined;
}
