import { addMinutes, type Instant } from "../platform/clock.ts";

/** A class as it stands in a calendar. */
export interface FeedEvent {
  id: string;
  title: string;
  starts_at: Instant;
  length_minutes: number;
  cancelled: boolean;
  url: string;
  text: string;
}

/**
 * A calendar that phones subscribe to (RFC 5545): lines of at most 75 bytes, texts escaped, times in UTC, an alarm ten
 * minutes before.
 */
export function calendarFeed(name: string, events: readonly FeedEvent[], at: Instant): string {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hoc Lieu//Live classes//VI", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", `X-WR-CALNAME:${escapeText(name)}`, "REFRESH-INTERVAL;VALUE=DURATION:PT1H"];
  for (const event of events) {
    lines.push(
      "BEGIN:VEVENT",
      `UID:${event.id}@hoc-lieu`,
      `DTSTAMP:${stamp(at)}`,
      `DTSTART:${stamp(event.starts_at)}`,
      `DTEND:${stamp(addMinutes(event.starts_at, event.length_minutes))}`,
      `SUMMARY:${escapeText(event.title)}`,
      `DESCRIPTION:${escapeText(event.text)}`,
      `URL:${event.url}`,
      `STATUS:${event.cancelled ? "CANCELLED" : "CONFIRMED"}`,
      ...(event.cancelled ? [] : ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", `DESCRIPTION:${escapeText(event.title)}`, "END:VALARM"]),
      "END:VEVENT",
    );
  }
  lines.push("END:VCALENDAR");
  return `${lines.map(fold).join("\r\n")}\r\n`;
}

function stamp(at: Instant): string {
  return at.replace(/[-:]|\.\d{3}/g, "");
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, (mark) => `\\${mark}`).replace(/\r\n|\r|\n/g, "\\n");
}

/** No line is longer than 75 bytes, and no letter is cut in two. */
function fold(line: string): string {
  const parts = [""];
  for (const letter of line) {
    const last = parts.at(-1) ?? "";
    if (Buffer.byteLength(last + letter) > (parts.length === 1 ? 75 : 74)) parts.push(letter);
    else parts[parts.length - 1] = last + letter;
  }
  return parts.join("\r\n ");
}
