/** A text that is a date by its form; day and month may be in doubt, or impossible. */
export interface WrittenDate {
  /** "day-first" also for a month by name; "either" where slashes or dashes do not tell day from month. */
  readonly order: "year-first" | "day-first" | "either";
  readonly year: number;
  /** Month and day; the first and the second number where the order is "either". */
  readonly month: number;
  readonly day: number;
  /** Part of the day, in days; null without a time. */
  readonly time: number | null;
  /** Minutes that the clock is ahead of UTC; null where none is written. */
  readonly zone: number | null;
}

const clock = String.raw`(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2})?)?`;
const yearFirst = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${clock}$`);
const yearLast = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${clock}$`);
const namedMonth = new RegExp(String.raw`^(\d{1,2})([- ]?)([A-Za-z]{3})\2(\d{4})${clock}$`);
const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Reads a date by its form: 2023-05-31, 2023/5/31, 31.5.2023, 31/5/2023, 5/31/2023, 31-May-2023, 31MAY2023, each with or
 * without a time as in 2023-05-31T14:30:00Z. Null for any other text.
 */
export function writtenDate(text: string): WrittenDate | null {
  const cell = text.trim();
  const iso = yearFirst.exec(cell);
  if (iso !== null) return dateOf("year-first", iso[1], iso[3], iso[4], iso.slice(5));
  const last = yearLast.exec(cell);
  // A dot stands between day, month and year, in that order, wherever it is used.
  if (last !== null && last[2] === ".") return dateOf("day-first", last[4], last[3], last[1], last.slice(5));
  if (last !== null) return dateOf("either", last[4], last[1], last[3], last.slice(5));
  const named = namedMonth.exec(cell);
  const month = monthNames.indexOf(named?.[3].toLowerCase() ?? "") + 1;
  return named === null || month === 0 ? null : dateOf("day-first", named[4], String(month), named[1], named.slice(5));
}

function dateOf(
  order: WrittenDate["order"],
  year: string,
  month: string,
  day: string,
  [hour, minute, second = "0", half, zone]: readonly (string | undefined)[],
): WrittenDate {
  const date = { order, year: Number(year), month: Number(month), day: Number(day) };
  if (hour === undefined) return { ...date, time: null, zone: null };
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  const seconds = 3600 * hours + 60 * Number(minute) + Number(second);
  const isClock = hours < 24 && Number(minute) < 60 && Number(second) < 60;
  return { ...date, time: isClock ? seconds / 86400 : Number.NaN, zone: zone === undefined ? null : zoneOf(zone) };
}

function zoneOf(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = 60 * Number(zone.slice(1, 3)) + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** Days since 1970-01-01 in UTC, or NaN where the calendar has no such day or the clock no such time. */
export function daysOf(date: WrittenDate, isMonthFirst = true): number {
  const { order, year, time, zone } = date;
  const [month, day] = order === "either" && !isMonthFirst ? [date.day, date.month] : [date.month, date.day];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const exists = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  return exists ? midnight.getTime() / 86400000 + (time ?? 0) - (zone ?? 0) / 1440 : Number.NaN;
}

/** "2023-05-31"; beyond the calendar of the platform the number of days. */
export function isoDay(days: number): string {
  const date = new Date(Math.floor(days) * 86400000);
  return Number.isNaN(date.getTime()) ? `day ${days}` : date.toISOString().slice(0, 10);
}
