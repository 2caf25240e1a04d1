import type { HypothesisTests, JointTest } from "../summary/Estimands.js";
import { type EstimandReport, estimateColumns, formatShare } from "./estimandSections.js";
import { layoutOf, page, type ReportOptions, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatKnown, formatProbability, formatSeconds, formatSignificant, formatStatistic } from "./numbers.js";

/** Tests of hypotheses for a terminal. */
export function testTextReport(
  { result, seconds }: EstimandReport<HypothesisTests>,
  options: ReportOptions = {},
): string {
  const { width, style, digits } = layoutOf(options);
  const rows = result.rows.map((row) => ({ ...row, name: row.hypothesis }));
  return page([
    section(`Hypotheses, by ${result.engine}`, told(result, width), style),
    namedTable(rows, [...estimateColumns(rows, result, digits, "left - right"), ...testColumns(result)], width, style),
    result.joint === null ? [] : wrap(jointText(result.joint), width),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function told(result: HypothesisTests, width: number): string[] {
  return [whatIsShown(result), ...result.notes.map((note) => `note: ${note}`)].flatMap((text) =>
    wrap(text, width, 2, 0),
  );
}

function whatIsShown({ engine, rows }: HypothesisTests): string {
  const isOneSided = rows.some(({ relation }) => relation !== "=");
  if (engine !== "ml") return "P: that an inequality holds; of an equation, that its left side is the larger";
  const kinds = {
    z: "Wald's z",
    t: "t with Satterthwaite's degrees of freedom",
    "likelihood-ratio": "likelihood ratio, by a refit",
  };
  const used = [...new Set(rows.flatMap(({ test }) => (test === null ? [] : [kinds[test]])))];
  return `tests: ${used.join("; ")}${isOneSided ? "; an inequality's p value is one-sided: small where it holds" : ""}`;
}

function testColumns({ engine, rows, rope }: HypothesisTests) {
  const cells = (pick: (row: (typeof rows)[number]) => number | null, format: (value: number) => string) =>
    rows.map((row) => formatKnown(pick(row) ?? Number.NaN, format));
  if (engine === "ml")
    return [
      { header: "statistic", cells: cells(({ statistic }) => statistic, formatStatistic), dropOrder: 1 },
      { header: "p", cells: cells(({ pValue }) => pValue, formatProbability) },
    ];
  const ratio = (value: number) => (Number.isFinite(value) ? formatSignificant(value, 3) : "Inf");
  return [
    { header: "P", cells: cells(({ probability }) => probability, formatShare) },
    ...(rows.every(({ evidenceRatio }) => evidenceRatio === null)
      ? []
      : [{ header: "evidence ratio", cells: cells(({ evidenceRatio }) => evidenceRatio, ratio) }]),
    ...(rope === null
      ? []
      : [{ header: `P(${rope[0]} to ${rope[1]})`, cells: cells(({ equivalence }) => equivalence, formatShare) }]),
  ];
}

function jointText({
  test,
  statistic,
  degreesOfFreedom,
  denominatorDegreesOfFreedom: below,
  pValue,
  probability,
}: JointTest): string {
  const p = formatProbability(pValue ?? Number.NaN);
  const value = formatStatistic(statistic ?? Number.NaN);
  switch (test) {
    case "F":
      return `together: F = ${value} with ${degreesOfFreedom} and ${formatStatistic(below ?? Number.NaN)} degrees of freedom, p = ${p}`;
    case "chi-square":
      return `together: Wald's chi-square = ${value} with ${degreesOfFreedom} degrees of freedom, p = ${p}`;
    case "likelihood-ratio":
      return `together: likelihood-ratio chi-square = ${value} with ${degreesOfFreedom} degrees of freedom, p = ${p}`;
    case "all-hold":
      return `together: all hold with probability ${formatShare(probability ?? Number.NaN)}`;
    case "ellipsoid":
      return `together: ${formatShare(probability ?? Number.NaN)} of the draws are as far from the posterior mean as the equations are, in the metric of the posterior covariance`;
  }
}
