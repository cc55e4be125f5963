/** The schools of the demonstration province. All invented. */
export interface DemoSchool {
  key: string;
  name: string;
  code: string;
  level: "primary" | "lower_secondary" | "upper_secondary" | "primary_lower" | "lower_upper" | "continuing";
  area: "town" | "rural" | "mountain";
  commune: string | null;
  /** Classes by grade. */
  grades: Record<number, number>;
  /** Whether it has written its plans; a school without shows as such, never as 0 %. */
  hasPlans: boolean;
  /** Online periods delivered as a share of the year's planned periods, and lessons with approved materials. */
  onlineShare: number;
  digitised: number;
  /** A campus of the school that it was merged into in October. */
  mergedInto?: string;
}

export const COMMUNES = [
  { key: "ben-doan", name: "Phường Bến Đoan", code: "BD" },
  { key: "van-son", name: "Xã Vạn Sơn", code: "VS" },
  { key: "dong-hai", name: "Phường Đông Hải", code: "DH" },
  { key: "dao-ngoc", name: "Đặc khu Đảo Ngọc", code: "DN" },
] as const;

export const SCHOOLS: readonly DemoSchool[] = [
  {
    key: "th-hoa-ban",
    name: "Tiểu học Hoa Ban",
    code: "22BD0101",
    level: "primary",
    area: "town",
    commune: "ben-doan",
    grades: { 1: 4, 2: 4, 3: 4, 4: 4, 5: 4 },
    hasPlans: true,
    onlineShare: 0.006,
    digitised: 0.09,
  },
  {
    key: "thcs-tran-phu",
    name: "THCS Trần Phú",
    code: "22BD0201",
    level: "lower_secondary",
    area: "town",
    commune: "ben-doan",
    grades: { 6: 5, 7: 4, 8: 4, 9: 4 },
    hasPlans: true,
    onlineShare: 0.0213,
    digitised: 0.14,
  },
  {
    key: "thcs-le-loi",
    name: "THCS Lê Lợi",
    code: "22DH0202",
    level: "lower_secondary",
    area: "rural",
    commune: "dong-hai",
    grades: { 6: 4, 7: 4, 8: 4, 9: 4 },
    hasPlans: true,
    onlineShare: 0.0207,
    digitised: 0.03,
  },
  {
    key: "th-dong-hai",
    name: "Tiểu học Đông Hải",
    code: "22DH0103",
    level: "primary",
    area: "rural",
    commune: "dong-hai",
    grades: { 1: 3, 2: 3, 3: 3, 4: 3, 5: 3 },
    hasPlans: true,
    onlineShare: 0.003,
    digitised: 0.02,
  },
  {
    key: "th-van-son",
    name: "Tiểu học Vạn Sơn",
    code: "22VS0104",
    level: "primary",
    area: "mountain",
    commune: "van-son",
    grades: { 1: 2, 2: 2, 3: 2, 4: 1, 5: 1 },
    hasPlans: true,
    onlineShare: 0.004,
    digitised: 0.08,
    mergedInto: "ththcs-van-son",
  },
  {
    key: "thcs-van-son",
    name: "THCS Vạn Sơn",
    code: "22VS0204",
    level: "lower_secondary",
    area: "mountain",
    commune: "van-son",
    grades: { 6: 2, 7: 2, 8: 1, 9: 1 },
    hasPlans: true,
    onlineShare: 0.009,
    digitised: 0.09,
    mergedInto: "ththcs-van-son",
  },
  {
    key: "thpt-hai-dong",
    name: "THPT Hải Đông",
    code: "22SO0301",
    level: "upper_secondary",
    area: "town",
    commune: null,
    grades: { 10: 6, 11: 5, 12: 5 },
    hasPlans: true,
    onlineShare: 0.0225,
    digitised: 0.12,
  },
  {
    key: "thcsthpt-dao-ngoc",
    name: "THCS&THPT Đảo Ngọc",
    code: "22DN0501",
    level: "lower_upper",
    area: "mountain",
    commune: "dao-ngoc",
    grades: { 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2, 12: 2 },
    hasPlans: true,
    onlineShare: 0.012,
    digitised: 0.035,
  },
  {
    key: "gdtx-tinh",
    name: "Trung tâm GDNN-GDTX tỉnh",
    code: "22SO0601",
    level: "continuing",
    area: "town",
    commune: null,
    grades: { 10: 3, 11: 3, 12: 2 },
    hasPlans: false,
    onlineShare: 0,
    digitised: 0,
  },
];

/** The school that two others became in October; they live on as its campuses. */
export const MERGED = { key: "ththcs-van-son", name: "TH&THCS Vạn Sơn", code: "22VS0404", level: "primary_lower", area: "mountain", commune: "van-son" } as const;

export const CLUSTER = { name: "Cụm trường số Bến Đoan – Đông Hải", code: "CUM01", schools: ["thcs-tran-phu", "thcs-le-loi", "th-hoa-ban"] } as const;

/** The accounts shown on the sign-in page, one a role. */
export const DEMO_PASSWORD = "hoc-lieu-2026";
export const DEMO_ACCOUNTS = [
  { username: "hocsinh", role: "pupil" },
  { username: "phuhuynh", role: "parent" },
  { username: "giaovien", role: "teacher" },
  { username: "totruong", role: "department_head" },
  { username: "hieutruong", role: "school_leader" },
  { username: "quantri", role: "school_admin" },
  { username: "canboxa", role: "commune_officer" },
  { username: "canboso", role: "province_officer" },
  { username: "hethong", role: "system_admin" },
] as const;
