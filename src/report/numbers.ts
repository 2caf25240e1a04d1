import { rhatText } from "../diagnostics/limits.js";
import type { SummaryRow } from "../summary/Summary.js";

/** Beyond these a number is written with an exponent: small ones where they would have more than six decimals. */
const MAX_DECIMALS = 6;
const SMALL = 1e-3;
const LARGE = 1e7;

/** Significant digits of a number that has no Monte Carlo error. */
export const DEFAULT_DIGITS = 4;

/**
 * A number with `digits` significant ones where they are given, else rounded to the leading digit of its Monte Carlo standard error;
 * where it has none (undefined, NaN or 0), with four.
 */
export function formatEstimate(value: number, error: number | undefined, digits: number | null): string {
  if (digits === null && isPositive(error)) return formatNumber(value, leadingDigit(error));
  return formatSignificant(value, digits ?? DEFAULT_DIGITS);
}

function isPositive(error: number | undefined): error is number {
  return error !== undefined && error > 0 && error < Infinity;
}

/** A number by its leading digits, trailing zeros kept: 620.53 with 4 digits is "620.5", 1.2 is "1.200". */
export function formatSignificant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  return formatNumber(rounded, leadingDigit(rounded) - digits + 1);
}

/** The error of a marginal that is known by its density, over its sd: what the engine inla claims of its means. */
const DENSITY_ERROR = 0.05;

/** The numbers of a row that describe its marginal, and the fields of their own Monte Carlo standard errors. */
const ERROR_FIELDS = {
  mean: "mcse",
  sd: "mcseSd",
  median: "mcseMedian",
  q5: "mcseQ5",
  q95: "mcseQ95",
  lower: "mcseLower",
  upper: "mcseUpper",
} as const;

/**
 * A number of a posterior summary: with `digits` significant ones where they are given, else rounded to the leading digit of its own Monte
 * Carlo standard error (0.0023 supports thousandths), or of that of the mean where it has none. The error of a row without any, an
 * approximation's density, is taken as 0.05 sd.
 */
export function formatSummary(row: SummaryRow, field: keyof typeof ERROR_FIELDS, digits: number | null): string {
  if (digits !== null) return formatSignificant(row[field], digits);
  const error = [row[ERROR_FIELDS[field]], row.mcse, DENSITY_ERROR * row.sd].find(isPositive);
  return formatNumber(row[field], error === undefined ? null : leadingDigit(error));
}

/** A number rounded to a power of ten: 0.0123 at -3 is "0.012", 1234 at 2 is "1200"; six digits at null. */
export function formatNumber(value: number, digit: number | null): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (digit === null) return formatSignificant(value, 6);
  const isSmall = digit < -MAX_DECIMALS && Math.abs(value) < SMALL;
  if (Math.abs(value) >= LARGE || isSmall) return formatExponential(value, digit);
  const unit = 10 ** Math.max(digit, 0);
  const text = (unit > 1 ? Math.round(value / unit) * unit : value).toFixed(Math.max(-digit, 0));
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** A standard error by its two leading digits: "0.0023", "12", "120". */
export function formatError(error: number): string {
  if (!Number.isFinite(error)) return formatNonFinite(error);
  // Rounded first: 0.00999 has its leading digit elsewhere when it is written 0.010.
  const rounded = Number(error.toPrecision(2));
  return rounded === 0 ? "0" : formatNumber(rounded, leadingDigit(rounded) - 1);
}

/** Below it a p value is rounding as often as not, and nobody's to tell apart. */
const SMALLEST_P = 1e-15;

/** Four decimals, two digits below 0.0001: "0.0412", "3.3e-6", "<1e-15". */
export function formatProbability(p: number): string {
  if (!Number.isFinite(p)) return formatNonFinite(p);
  if (p < SMALLEST_P) return "<1e-15";
  return p < 0.0001 ? p.toExponential(1) : p.toFixed(4);
}

/** Two decimals of a test's statistic or its degrees of freedom, four digits of a large one: "3.64", "7.00", "1523". */
export function formatStatistic(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  return Math.abs(value) < 100 ? value.toFixed(2) : formatSignificant(value, 4);
}

export function formatRhat(rhat: number): string {
  return Number.isFinite(rhat) ? rhatText(rhat) : formatNonFinite(rhat);
}

export function formatCount(count: number): string {
  return Number.isFinite(count) ? String(Math.round(count)) : formatNonFinite(count);
}

/** "0.04 s", "12.3 s", "340 s" */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatNonFinite(seconds);
  return `${seconds.toFixed(seconds < 10 ? 2 : seconds < 100 ? 1 : 0)} s`;
}

function formatExponential(value: number, digit: number): string {
  if (Math.abs(value) < 10 ** digit / 2) return "0";
  return value.toExponential(Math.min(Math.max(leadingDigit(value) - digit, 0), 100));
}

/** The exponent of scientific notation. `toExponential` is exact where a rounded logarithm is not. */
function leadingDigit(value: number): number {
  return Number(value.toExponential().split("e")[1]);
}

function formatNonFinite(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Inf" : "-Inf";
}

/** `formatEstimate`, "-" where there is no such number. `error` is its Monte Carlo standard error, if it has one. */
export function knownEstimate(value: number, digits: number | null, error?: number): string {
  return formatKnown(value, (known) => formatEstimate(known, error, digits));
}

/** A number in this format, "-" where there is none. */
export function formatKnown(value: number, format: (value: number) => string): string {
  return Number.isNaN(value) ? "-" : format(value);
}

/** "95%" */
export function percent(level: number): string {
  return `${Number((100 * level).toPrecision(6))}%`;
}
