import { messages } from "../platform/i18n.ts";

/** Names of roles, school levels and areas, used all over the product. */
export const access = messages({
  vi: {
    roles: {
      pupil: "Học sinh",
      parent: "Phụ huynh",
      teacher: "Giáo viên",
      department_head: "Tổ trưởng chuyên môn",
      school_leader: "Lãnh đạo trường",
      school_admin: "Quản trị trường",
      commune_officer: "Cán bộ xã, phường",
      province_officer: "Cán bộ Sở",
      system_admin: "Quản trị hệ thống",
    },
    levels: {
      preschool: "Mầm non",
      primary: "Tiểu học",
      lower_secondary: "THCS",
      upper_secondary: "THPT",
      primary_lower: "TH&THCS",
      lower_upper: "THCS&THPT",
      continuing: "GDNN-GDTX",
    } as Record<string, string>,
    areas: { town: "Thành thị", rural: "Nông thôn", mountain: "Miền núi, hải đảo" } as Record<string, string>,
  },
  en: {
    roles: {
      pupil: "Pupil",
      parent: "Parent",
      teacher: "Teacher",
      department_head: "Department head",
      school_leader: "School leader",
      school_admin: "School administrator",
      commune_officer: "Commune officer",
      province_officer: "Province officer",
      system_admin: "System administrator",
    },
    levels: {
      preschool: "Preschool",
      primary: "Primary",
      lower_secondary: "Lower secondary",
      upper_secondary: "Upper secondary",
      primary_lower: "Primary and lower secondary",
      lower_upper: "Lower and upper secondary",
      continuing: "Continuing education",
    },
    areas: { town: "Town", rural: "Rural", mountain: "Mountain and island" },
  },
});

declare global {
  interface Words {
    access: typeof access.vi;
  }
}
