/**
 * The icons of public/img/icons.svg, by their names in lucide. After adding one run `npx tsx test/design/sprite.ts`.
 */
export const ICONS = [
  "archive", "arrow-left", "arrow-right", "arrow-up-down", "badge-check", "bell", "book-open", "building-2",
  "calendar", "calendar-days", "camera", "captions", "chart-column", "chart-line", "check", "chevron-down",
  "chevron-left", "chevron-right", "chevron-up", "circle", "circle-check", "circle-help", "circle-x", "clipboard-check",
  "clipboard-list", "clock", "cloud-upload", "copy", "download", "ellipsis-vertical", "external-link", "eye",
  "eye-off", "file", "file-archive", "file-audio", "file-image", "file-spreadsheet", "file-text", "file-video",
  "filter", "flag", "folder-open", "gauge", "graduation-cap", "hand", "headphones", "history", "hourglass", "house",
  "image", "inbox", "info", "key-round", "languages", "library", "link", "list", "list-checks", "list-ordered",
  "lock", "log-in", "log-out", "map-pin", "maximize", "menu", "message-circle", "mic", "mic-off", "milestone",
  "monitor", "moon", "network", "notebook-pen", "package", "paperclip", "pause", "pencil", "play", "plus",
  "presentation", "printer", "qr-code", "radio", "refresh-cw", "save", "scale", "scan-line", "school",
  "screen-share", "search", "send", "settings", "shield-check", "star", "sun", "target", "trash-2", "triangle-alert",
  "undo-2", "upload", "user", "users", "video", "video-off", "wifi-off", "x", "zoom-in", "zoom-out",
] as const;

export type IconName = (typeof ICONS)[number];

/** The icon of a kind of file, by the type that the server found in it. */
export function fileIcon(mediaType: string): IconName {
  if (mediaType.startsWith("video/")) return "file-video";
  if (mediaType.startsWith("audio/")) return "file-audio";
  if (mediaType.startsWith("image/")) return "file-image";
  if (/presentation|powerpoint/.test(mediaType)) return "presentation";
  if (/sheet|excel|csv/.test(mediaType)) return "file-spreadsheet";
  if (/x-scorm|x-h5p/.test(mediaType)) return "package";
  if (/zip|compressed/.test(mediaType)) return "file-archive";
  return mediaType === "application/pdf" || /^text\/|word/.test(mediaType) ? "file-text" : "file";
}
