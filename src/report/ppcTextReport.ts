import type { Calibration, Frequencies, PredictiveCheck, TestStatistic } from "../summary/PredictiveCheck.js";
import { endsOf } from "../summary/Summary.js";
import { warningLines } from "./fitFacts.js";
import { type Layout, layoutOf, page, plural, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, formatSignificant } from "./numbers.js";

/** What is told of a check by replicated data. */
export interface PpcReport {
  readonly label: string;
  readonly ppc: PredictiveCheck;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const indent = 2;
const DIGITS = 4;
/** Groups that are shown, the most unlike first. */
const SHOWN_GROUPS = 5;

/** A check by replicated data for a terminal: statistics with their tail areas, frequencies as a hanging rootogram, calibration. */
export function ppcTextReport({ label, ppc, seconds }: PpcReport, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { statistics, groups, frequencies, calibration } = ppc;
  return page([
    section(label, wrap(how(ppc), width, indent), style),
    statisticsTable(statistics, ppc.level, layout),
    ...(groups === null ? [] : groupSections(groups, ppc, layout)),
    frequencies === null ? [] : frequencySection(frequencies, ppc, layout),
    calibration === null ? [] : calibrationSection(calibration, ppc, layout),
    warningLines(ppc.warnings, width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function how({ replicates, engine, effects, factors, rows }: PredictiveCheck): string {
  const from = engine === "ml" ? "the estimates of ml" : `draws of ${engine}`;
  const data = `${plural(replicates, "data set")} of ${plural(rows.length, "row")} replicated from ${from}`;
  if (factors.length === 0) return data;
  const groups = factors.join(", ");
  return effects === "marginal"
    ? `${data}, for new groups of ${groups}: random effects drawn from their distribution (marginal)`
    : `${data}, for the same groups of ${groups}: with the random effects of the fit (conditional)`;
}

/** "q5", "q95" */
function endNames(level: number): [string, string] {
  const [low, high] = endsOf(level).map((probability) => `q${Number((100 * probability).toPrecision(4))}`);
  return [low, high];
}

function statisticsTable(
  statistics: readonly (TestStatistic & { readonly label?: string })[],
  level: number,
  { width, style }: Layout,
): string[] {
  const [low, high] = endNames(level);
  const column = (header: string, cell: (statistic: TestStatistic) => string, dropOrder?: number): TableColumn => ({
    header,
    cells: statistics.map(cell),
    ...(dropOrder === undefined ? {} : { dropOrder }),
  });
  const number = (value: number) => formatSignificant(value, DIGITS);
  const share = (value: number) => (Number.isNaN(value) ? "" : value.toFixed(3));
  const columns = [
    column("observed", ({ observed }) => number(observed)),
    column("replicated", ({ mean }) => number(mean), 3),
    column(low, ({ lower }) => number(lower), 1),
    column(high, ({ upper }) => number(upper), 1),
    column("P(>= obs)", ({ above }) => share(above)),
    column("P(<= obs)", ({ below }) => share(below), 2),
  ];
  return namedTable(
    statistics.map(({ name, label = name }) => ({ name: label })),
    columns,
    width,
    style,
  );
}

/** How many groups lie outside their intervals, statistic by statistic, and which are the most unlike. */
function groupSections(
  { name, levels }: NonNullable<PredictiveCheck["groups"]>,
  { level }: PredictiveCheck,
  layout: Layout,
): string[][] {
  const { width, style } = layout;
  const names = levels.at(0)?.statistics.map((statistic) => statistic.name) ?? [];
  return names.flatMap((statistic, s) => {
    const own = levels.map((group) => ({ ...group.statistics[s], label: group.level }));
    const known = own.filter(({ above }) => !Number.isNaN(above));
    if (known.length === 0) return [];
    const outside = known.filter(({ observed, lower, upper }) => observed < lower || observed > upper).length;
    const shown = [...known].sort((a, b) => tail(a) - tail(b)).slice(0, SHOWN_GROUPS);
    const expected = Math.round((1 - level) * known.length);
    const line = `${outside} of ${known.length} groups outside their intervals, where about ${expected} would be by chance; the most unlike:`;
    return [
      section(
        `${statistic} by ${name}`,
        [...wrap(line, width, indent), ...statisticsTable(shown, level, layout)],
        style,
      ),
    ];
  });
}

function tail({ above, below }: TestStatistic): number {
  return Math.min(above, below);
}

/** The least and the largest width of the bars. */
const BARS: readonly [number, number] = [16, 48];

function frequencySection(frequencies: Frequencies, { level }: PredictiveCheck, { width, style }: Layout): string[] {
  const { observed, expected, expectedLower, expectedUpper } = frequencies;
  const bins = [...observed.keys()].filter((k) => observed[k] > 0 || expected[k] >= 0.05);
  const isOutside = (k: number) => observed[k] < expectedLower[k] || observed[k] > expectedUpper[k];
  const [low, high] = endNames(level);
  const columns: TableColumn[] = [
    { header: "observed", cells: bins.map((k) => String(observed[k])) },
    { header: "expected", cells: bins.map((k) => expected[k].toFixed(1)) },
    { header: low, cells: bins.map((k) => expectedLower[k].toFixed(0)), dropOrder: 1 },
    { header: high, cells: bins.map((k) => expectedUpper[k].toFixed(0)), dropOrder: 1 },
    { header: "", cells: bins.map((k) => (isOutside(k) ? "*" : " ")) },
  ];
  const names = bins.map((k) => ({ name: binName(frequencies, k) }));
  const left = Math.max(...names.map(({ name }) => name.length)) + 2 + 2 * (2 + 8) + 2 * (2 + 6) + 4;
  const bars = hangingBars(frequencies, bins, Math.max(BARS[0], Math.min(BARS[1], width - left - 2)));
  const table = namedTable(names, columns, width, style);
  const plotted = table.map((line, at) => (at === 0 ? line.trimEnd() : `${line}  ${bars[at - 1]}`.trimEnd()));
  const fits = plotted.every((line, at) => at === 0 || line.length <= width);
  const legend =
    "Each bar is as long as the root of the observed frequency and hangs from that of the expected one (+): bars that end before the axis (|) have too few rows, " +
    "bars that cross it too many. * outside the interval.";
  return section(
    frequencies.isDiscrete ? "Frequencies of counts (hanging rootogram)" : "Frequencies (hanging rootogram)",
    [...(fits ? plotted : table), ...wrap(legend, width, indent, 0)],
    style,
  );
}

function binName({ isDiscrete, lower, upper }: Frequencies, k: number): string {
  const text = (value: number) => (isDiscrete ? String(value) : formatSignificant(value, 3));
  if (upper[k] === Number.POSITIVE_INFINITY) return isDiscrete ? `${text(lower[k])}+` : `> ${text(lower[k])}`;
  if (lower[k] === Number.NEGATIVE_INFINITY) return `< ${text(upper[k])}`;
  return isDiscrete && lower[k] === upper[k] ? text(lower[k]) : `${text(lower[k])} - ${text(upper[k])}`;
}

/** One bar a bin: from sqrt(expected) - sqrt(observed) to sqrt(expected), the axis at 0. */
function hangingBars({ observed, expected }: Frequencies, bins: readonly number[], width: number): string[] {
  const tops = bins.map((k) => Math.sqrt(expected[k]));
  const ends = bins.map((k, b) => tops[b] - Math.sqrt(observed[k]));
  const from = Math.min(0, ...ends);
  const scale = (width - 1) / (Math.max(...tops, 1e-9) - from);
  const at = (value: number) => Math.round((value - from) * scale);
  return bins.map((_, b) => {
    const cells = new Array<string>(width).fill(" ");
    for (let x = at(ends[b]); x < at(tops[b]); x++) cells[x] = "=";
    cells[at(0)] = "|";
    cells[at(tops[b])] = "+";
    return cells.join("").trimEnd();
  });
}

function calibrationSection(calibration: Calibration, { level }: PredictiveCheck, { width, style }: Layout): string[] {
  const { rows, trials, predicted, observed, lower, upper } = calibration;
  const bins = [...rows.keys()];
  const [low, high] = endNames(level);
  const isCount = trials.some((count, b) => count !== rows[b]);
  const columns: TableColumn[] = [
    { header: "rows", cells: bins.map((b) => String(rows[b])), dropOrder: 2 },
    ...(isCount ? [{ header: "trials", cells: bins.map((b) => String(trials[b])), dropOrder: 1 }] : []),
    { header: "predicted", cells: bins.map((b) => predicted[b].toFixed(3)) },
    { header: "observed", cells: bins.map((b) => observed[b].toFixed(3)) },
    { header: low, cells: bins.map((b) => lower[b].toFixed(3)) },
    { header: high, cells: bins.map((b) => upper[b].toFixed(3)) },
    { header: "", cells: bins.map((b) => (observed[b] < lower[b] || observed[b] > upper[b] ? "*" : " ")) },
  ];
  const names = bins.map((b) => ({ name: `bin ${b + 1}` }));
  const legend =
    "Rows in bins of similar predicted probability; * where the observed proportion lies outside of those that the model replicates.";
  return section(
    "Calibration",
    [...namedTable(names, columns, width, style).map((line) => line.trimEnd()), ...wrap(legend, width, indent, 0)],
    style,
  );
}
