import type { QuantileResiduals, ResidualTest } from "../summary/Residuals.js";
import { warningLines } from "./fitFacts.js";
import { type Layout, layoutOf, page, plural, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, formatSignificant } from "./numbers.js";

/** What is told of residuals. */
export interface ResidualsReport {
  readonly label: string;
  readonly residuals: QuantileResiduals;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const indent = 2;
const DIGITS = 4;
/** Rows and groups that are shown, the most extreme first. */
const SHOWN = 5;
const BARS = 40;

/** Residuals for a terminal: their tests, a histogram, the most extreme rows and groups. */
export function residualsTextReport(
  { label, residuals, seconds }: ResidualsReport,
  options: ReportOptions = {},
): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  return page([
    section(label, wrap(how(residuals), width, indent), style),
    testsTable(residuals.tests, layout),
    histogramSection(residuals, layout),
    rowsSection(residuals, layout),
    groupsSection(residuals, layout),
    warningLines(residuals.warnings, width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function how({ engine, effects, factors, method, rows, simulations }: QuantileResiduals): string {
  const by = method === "exact" ? "" : ", by ranks among simulated responses";
  const from = engine === "ml" ? "the estimates of ml" : `${engine}'s draws`;
  const groups = factors.join(", ");
  const about =
    factors.length === 0
      ? ""
      : effects === "marginal"
        ? ` for new groups of ${groups} (marginal)`
        : ` for the same groups of ${groups} (conditional); these residuals lie towards the middle where groups have few rows, for the effects were estimated from the same rows`;
  return `randomised quantile residuals of ${plural(rows.length, "row")}${by}, and tests against ${plural(simulations, "data set")} simulated at ${from}${about}`;
}

const titles: Readonly<Record<ResidualTest["name"], string>> = {
  uniformity: "uniformity (largest distance)",
  dispersion: "dispersion (variance ratio)",
  zeros: "zeros",
  outliers: "outliers",
};

function testsTable(tests: readonly ResidualTest[], { width, style }: Layout): string[] {
  const columns: TableColumn[] = [
    { header: "observed", cells: tests.map(({ observed }) => formatSignificant(observed, DIGITS)) },
    { header: "simulated", cells: tests.map(({ expected }) => formatSignificant(expected, DIGITS)), dropOrder: 1 },
    { header: "p", cells: tests.map(({ pValue }) => pValue.toFixed(4)) },
    {
      header: "p if independent",
      cells: tests.map(({ independentPValue: p }) => (p === null ? "" : p.toFixed(4))),
      dropOrder: 2,
    },
  ];
  const names = tests.map(({ name }) => ({ name: titles[name] }));
  return namedTable(names, columns, width, style).map((line) => line.trimEnd());
}

function histogramSection({ histogram }: QuantileResiduals, { width, style }: Layout): string[] {
  const { observed, lower, upper } = histogram;
  const most = Math.max(...observed, ...upper, 1);
  const length = Math.max(10, Math.min(BARS, width - 40));
  const lines = Array.from(observed, (count, b) => {
    const range = `${(b / observed.length).toFixed(1)} - ${((b + 1) / observed.length).toFixed(1)}`;
    const at = (value: number) => Math.round((value / most) * length);
    const cells = Array.from<unknown, string>({ length: length + 1 }, (_, x) => (x < at(count) ? "=" : " "));
    cells[at(lower[b])] = "[";
    cells[at(upper[b])] = "]";
    const mark = count < lower[b] || count > upper[b] ? "*" : "";
    return `${range}  ${String(count).padStart(6)} ${mark.padEnd(1)} ${cells.join("")}`.trimEnd();
  });
  const legend = "[ ]: where 90% of simulated data sets have the end of the bar; * outside.";
  return section("Residuals", [...lines, ...wrap(legend, width, indent, 0)], style);
}

function rowsSection({ rows, observed, fitted, residuals }: QuantileResiduals, { width, style }: Layout): string[] {
  const distance = (k: number) => Math.min(residuals[k], 1 - residuals[k]);
  const shown = [...residuals.keys()].sort((a, b) => distance(a) - distance(b)).slice(0, SHOWN);
  const columns: TableColumn[] = [
    { header: "observed", cells: shown.map((k) => formatSignificant(observed[k], DIGITS)) },
    { header: "fitted", cells: shown.map((k) => formatSignificant(fitted[k], DIGITS)) },
    { header: "residual", cells: shown.map((k) => residuals[k].toFixed(4)) },
  ];
  const names = shown.map((k) => ({ name: `row ${rows[k]}` }));
  return section("Rows with the most extreme residuals", namedTable(names, columns, width, style), style);
}

function groupsSection({ groups }: QuantileResiduals, { width, style }: Layout): string[] {
  if (groups === null) return [];
  const least = ({ tests }: { readonly tests: readonly ResidualTest[] }) =>
    Math.min(...tests.map(({ pValue }) => pValue).filter((p) => !Number.isNaN(p)));
  const shown = [...groups.levels].sort((a, b) => least(a) - least(b)).slice(0, SHOWN);
  const names = shown.at(0)?.tests.map(({ name }) => name) ?? [];
  const pOf = (wanted: string) =>
    shown.map(({ tests }) => tests.find(({ name }) => name === wanted)?.pValue.toFixed(4) ?? "");
  const columns: TableColumn[] = [
    { header: "rows", cells: shown.map(({ rows }) => String(rows)), dropOrder: 2 },
    { header: "mean residual", cells: shown.map(({ meanResidual }) => meanResidual.toFixed(3)), dropOrder: 1 },
    ...names.map((name) => ({
      header: `p ${name}`,
      cells: pOf(name),
      ...(name === "outliers" ? { dropOrder: 3 } : {}),
    })),
  ];
  const low = groups.levels.filter(({ tests }) => tests[0].pValue < 0.05).length;
  const text = `${low} of ${groups.levels.length} with a p value of uniformity below 0.05, where chance makes about ${Math.round(0.05 * groups.levels.length)}; the most extreme:`;
  const lines = namedTable(
    shown.map(({ level }) => ({ name: level })),
    columns,
    width,
    style,
  );
  return section(`Groups of ${groups.name}`, [...wrap(text, width, indent), ...lines], style);
}
