import type { SafeHtml } from "../platform/web/render.ts";
import type { MeterGeometry, TrendGeometry } from "./charts.ts";
import type { IconName } from "./icons.ts";
import type { NavItem } from "./nav.ts";

export interface LayoutView {
  title: string;
  body: SafeHtml;
  scripts: string[];
  nav: NavItem[];
  bottomNav: NavItem[];
  breadcrumbs: { href?: string; label: string }[];
  person?: { name: string; roleLabel: string; href: string };
  school?: { id: string; name: string };
  notices: number;
  flash: FlashView["items"];
  theme: "auto" | "light" | "dark";
  url: string;
  wide: boolean;
  /** The search of the library in the top bar: on every page of a signed-in person but the library's own. */
  search: boolean;
  /** For search engines, on public pages. */
  meta: { description: string; canonical: string; data: SafeHtml | undefined } | undefined;
}

export interface SearchBoxView {
  /** Of the input, once a page. */
  id: string;
  value: string;
  /** Names the landmark; two boxes of a page have two names. */
  label: string;
}

export type Tone = "good" | "warn" | "bad" | "info" | "accent" | "neutral";

export interface IconView {
  name: IconName | (string & {});
  /** Only for an icon that stands without words. */
  label?: string | undefined;
  size?: "small" | "large" | undefined;
}

export interface BadgeView {
  label: string;
  tone: Tone;
  icon?: IconName | undefined;
}

/** A link that looks like a button. */
export interface ActionView {
  href: string;
  label: string;
  icon?: IconName | undefined;
  kind?: "primary" | "accent" | "quiet" | "danger" | undefined;
}

/** A button that sends a form of its own: an act with nothing to type. */
export interface ActView {
  action: string;
  label: string;
  icon?: IconName | undefined;
  kind?: "primary" | "accent" | "quiet" | "danger" | undefined;
  hidden?: Record<string, string> | undefined;
  /** Asked before it is sent, in a dialog; name the thing. */
  confirm?: string | undefined;
}

export interface PageHeadView {
  title: string;
  eyebrow?: string | undefined;
  lead?: string | undefined;
  badges?: BadgeView[] | undefined;
  actions?: ActionView[] | undefined;
}

export interface FieldAttributes {
  accept?: string;
  autocapitalize?: string;
  autocomplete?: string;
  inputmode?: "text" | "numeric" | "decimal" | "tel" | "email" | "search";
  max?: number | string;
  maxlength?: number;
  min?: number | string;
  minlength?: number;
  multiple?: "";
  pattern?: string;
  placeholder?: string;
  readonly?: "";
  rows?: number;
  step?: number | "any";
}

export interface OptionView {
  value: string;
  label: string;
  hint?: string | undefined;
  selected?: boolean | undefined;
}

export interface FieldView {
  /** Also the id of the field, unless `id` is given. */
  name: string;
  label: string;
  /** `select` takes options; `checkbox` takes `checked`; all others are types of `<input>`, or `textarea`. */
  kind: "text" | "email" | "password" | "number" | "date" | "time" | "datetime-local" | "month" | "search" | "tel" | "url" | "file" | "textarea" | "select" | "checkbox";
  id?: string | undefined;
  value?: string | undefined;
  checked?: boolean | undefined;
  hint?: string | undefined;
  error?: string | undefined;
  required?: boolean | undefined;
  options?: OptionView[] | undefined;
  attributes?: FieldAttributes | undefined;
}

/** Several choices under one question. */
export interface ChoicesView {
  kind: "radio" | "checkbox";
  name: string;
  legend: string;
  options: OptionView[];
  hint?: string | undefined;
  error?: string | undefined;
  inline?: boolean | undefined;
}

export interface ErrorSummaryView {
  errors: { field: string; label: string; message: string }[];
}

export interface FlashView {
  items: { kind: "good" | "warn" | "bad"; text: string }[];
}

export interface NoticeView {
  kind: "info" | "good" | "warn" | "bad";
  text: string;
  title?: string | undefined;
  action?: { href: string; label: string } | undefined;
}

/** Texts come formatted; the geometry from `meterGeometry`. */
export interface MeterView {
  label: string;
  state: "met" | "not_met" | "no_plan";
  /** `1,84 %`, or a dash without a plan. */
  rate: string;
  /** `trên 2,0 %` */
  target: string;
  /** `193/10.500 tiết` */
  counts: string;
  /** `Còn thiếu 18 tiết` */
  note?: string | undefined;
  /** The scale's end: `3 %` */
  max: string;
  /** Where the evidence is. */
  href?: string | undefined;
  geometry: MeterGeometry;
  plain?: boolean | undefined;
}

export interface HeatTableView {
  caption: string;
  corner: string;
  columns: string[];
  rows: {
    label: string;
    href?: string | undefined;
    cells: { level: "none" | "0" | "1" | "2" | "3" | "4"; text: string; detail?: string | undefined; href?: string | undefined }[];
  }[];
}

export interface TrendView {
  title: string;
  /** What the picture says, in a sentence. */
  summary: string;
  geometry: TrendGeometry;
  /** One label for each of `geometry.yTicks`. */
  yLabels: string[];
  targetLabel?: string | undefined;
  /** What the lines beside the figures are: foreseen, or the year before. */
  legend?: { kind: "ahead" | "before"; label: string }[] | undefined;
  /** Numbers to read beside the picture. */
  notes?: StatView[] | undefined;
  /** How what is foreseen was computed, or why nothing is. */
  foot?: string | undefined;
  table: { caption: string; columns: [string, string]; rows: { label: string; text: string }[] };
}

export interface SparklineView {
  line: string;
  target?: number | undefined;
  text: string;
}

export interface EmptyView {
  icon: IconName;
  title: string;
  text?: string | undefined;
  action?: ActionView | undefined;
}

export interface TabsView {
  label: string;
  items: { href: string; label: string; current: boolean; count?: string | undefined }[];
}

export interface StepsView {
  label: string;
  items: { label: string; state: "done" | "current" | "todo"; href?: string | undefined }[];
}

export interface TrailView {
  items: { title: string; detail?: string | undefined; text?: string | undefined; tone?: "good" | "warn" | "bad" | undefined; icon: IconName; checks?: { summary: string; items: { text: string; ticked: boolean }[] } | undefined }[];
}

export interface FileRowView {
  name: string;
  href: string;
  icon: IconName;
  /** The address of a small picture, shown in place of the icon. */
  thumb?: string | undefined;
  /** Size first, always: `2,4 MB · PDF · 12 trang`. */
  detail: string;
  badges?: BadgeView[] | undefined;
  actions?: ActionView[] | undefined;
}

export interface ProgressView {
  label: string;
  value: number;
  max: number;
  text: string;
}

export interface ConfirmView {
  title: string;
  text: string;
  action: string;
  label: string;
  cancelHref: string;
  danger?: boolean | undefined;
  hidden?: Record<string, string> | undefined;
}

export interface PagerView {
  summary: string;
  previous?: string | undefined;
  next?: string | undefined;
}

export interface FactsView {
  items: { label: string; value: string; href?: string | undefined }[];
}

export interface FilterBarView {
  action: string;
  label: string;
  fields: FieldView[];
  clearHref?: string | undefined;
}

export interface WeekGridView {
  caption: string;
  corner: string;
  days: { label: string; today: boolean }[];
  rows: { label: string; time?: string | undefined; cells: WeekItemView[][] }[];
}

export interface WeekItemView {
  title: string;
  detail?: string | undefined;
  href?: string | undefined;
  mode?: "online" | "study" | undefined;
  state?: string | undefined;
}

export interface ChatView {
  label: string;
  empty: string;
  messages: { who: string; when: string; text: string; own: boolean; pinned?: boolean | undefined }[];
}

export interface PresenceView {
  label: string;
  people: { name: string; initials: string; state: "here" | "lost" | "absent"; detail: string; hand?: boolean | undefined }[];
}

export interface StatView {
  label: string;
  value: string;
  detail?: string | undefined;
  href?: string | undefined;
}

export interface CardView {
  title: string;
  href?: string | undefined;
  eyebrow?: string | undefined;
  text?: string | undefined;
  meta?: string[] | undefined;
  badges?: BadgeView[] | undefined;
}

/** One line of a list of things. */
export interface RowView {
  title: string;
  href?: string | undefined;
  detail?: string | undefined;
  icon?: IconName | undefined;
  badges?: BadgeView[] | undefined;
  isNew?: boolean | undefined;
}

export interface NextUpView {
  eyebrow: string;
  title: string;
  detail: string;
  /** Without `href` the button waits, and `note` says until when. */
  action: { label: string; href?: string | undefined; icon?: IconName | undefined };
  note?: string | undefined;
}

export interface CellView {
  text: string;
  href?: string | undefined;
  badge?: Tone | undefined;
}

/** A plain table of texts. Tables with forms or pictures write their own markup with the same classes. */
export interface TableView {
  caption: string;
  columns: { label: string; number?: boolean | undefined }[];
  rows: CellView[][];
  /** `stack` (default) shows rows as cards on phones, `scroll` keeps the first column in sight. */
  phones?: "stack" | "scroll" | undefined;
}

export interface FieldNotesView {
  id: string;
  hint: string | undefined;
  error: string | undefined;
}

export interface WeekCellView {
  label: string;
  time: string | undefined;
  items: WeekItemView[];
}

export interface TableRowView {
  cells: CellView[];
  columns: TableView["columns"];
}

export interface BreadcrumbsView {
  items: LayoutView["breadcrumbs"];
}

export interface TopMenuView {
  person: LayoutView["person"] | undefined;
  notices: number;
  theme: LayoutView["theme"];
  url: string;
}

declare global {
  interface Views {
    layout: LayoutView;
    "partials/icon": IconView;
    "partials/badge": BadgeView;
    "partials/action": ActionView;
    "partials/act": ActView;
    "partials/page-head": PageHeadView;
    "partials/field": FieldView;
    "partials/choices": ChoicesView;
    "partials/error-summary": ErrorSummaryView;
    "partials/flash": FlashView;
    "partials/notice": NoticeView;
    "partials/meter": MeterView;
    "partials/heat-table": HeatTableView;
    "partials/trend": TrendView;
    "partials/sparkline": SparklineView;
    "partials/empty": EmptyView;
    "partials/tabs": TabsView;
    "partials/steps": StepsView;
    "partials/trail": TrailView;
    "partials/file-row": FileRowView;
    "partials/progress": ProgressView;
    "partials/confirm": ConfirmView;
    "partials/pager": PagerView;
    "partials/facts": FactsView;
    "partials/filter-bar": FilterBarView;
    "partials/week-grid": WeekGridView;
    "partials/chat": ChatView;
    "partials/presence": PresenceView;
    "partials/stat": StatView;
    "partials/card": CardView;
    "partials/row": RowView;
    "partials/next-up": NextUpView;
    "partials/table": TableView;
    "partials/table-row": TableRowView;
    "partials/field-notes": FieldNotesView;
    "partials/week-cell": WeekCellView;
    "partials/breadcrumbs": BreadcrumbsView;
    "partials/top-menu": TopMenuView;
    "partials/search-box": SearchBoxView;
  }
}
