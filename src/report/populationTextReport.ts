import type { Estimate } from "../summary/Estimate.js";
import type { Population, PopulationGroup } from "../summary/Population.js";
import { type Layout, layoutOf, page, plural, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatEstimate, formatSeconds, formatSignificant } from "./numbers.js";

/** What is told of a population, as plain data. */
export interface PopulationReport {
  readonly label: string;
  readonly population: Population;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const indent = 2;
/** What is left of values that least squares fits exactly is rounding. */
const ROUNDING = 1e-9;

/** A population for a terminal: its coefficients, its variances on the scale of the link and of the responses, what groups have in common, and R2. */
export function populationTextReport(
  { label, population, seconds }: PopulationReport,
  options: ReportOptions = {},
): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { response, groups, link, notes } = population;
  const named = (name: string, estimate: Estimate | null) => ({ name, estimate });
  return page([
    section(label, wrap(headline(population), width, indent), style),
    section("Coefficients", coefficientLines(population, layout), style),
    section(`Variance of the linear predictor (${link})`, varianceLines(population, layout), style),
    section(
      "A response",
      estimateTable(
        [
          named("mean", response.mean),
          named("variance", response.variance),
          named("between levels", response.between),
          named("within levels", response.within),
        ],
        population,
        layout,
      ),
      style,
    ),
    ...groups.map((group) =>
      section(
        groupTitle(group),
        estimateTable(
          [
            named(`intraclass correlation, ${link} scale`, group.link),
            named("correlation", group.response),
            named("covariance", group.covariance),
          ],
          population,
          layout,
        ),
        style,
      ),
    ),
    section("R2", r2Lines(population, layout), style),
    notes.flatMap((note) => wrap(`note: ${note}`, width)),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function headline({ rows, engine }: Population): string {
  const how =
    engine === "ml"
      ? "values at the estimates, standard errors by the delta method"
      : "posterior medians and equal-tailed intervals";
  return `averaged over ${plural(rows, "row")} and the distribution of the random effects; ${how} (${engine})`;
}

function coefficientLines(population: Population, layout: Layout): string[] {
  const { coefficients, attenuation, lackOfFit, link, level } = population;
  const { width, style, digits } = layout;
  const column = (header: string, pick: (k: number) => number | undefined, dropOrder?: number): TableColumn => ({
    header,
    cells: coefficients.map((_, k) => cell(pick(k), digits)),
    ...(dropOrder !== undefined && { dropOrder }),
  });
  const columns = [
    column("effects of 0", (k) => coefficients[k].subjectSpecific.estimate),
    column("marginal", (k) => coefficients[k].marginal?.estimate),
    column("sd", (k) => coefficients[k].marginal?.sd, 2),
    column(`lower ${percent(level)}`, (k) => coefficients[k].marginal?.lower, 1),
    column(`upper ${percent(level)}`, (k) => coefficients[k].marginal?.upper, 1),
    ...(attenuation?.approximation ? [column("by formula", (k) => coefficients[k].approximation?.estimate, 3)] : []),
  ];
  const slope =
    attenuation === null
      ? []
      : wrap(
          `attenuation ${interval(attenuation.slope, digits)}${
            attenuation.approximation
              ? `, by the formula 1 / sqrt(1 + c^2 v) ${cell(attenuation.approximation.estimate, digits)}`
              : ""
          }`,
          width,
        );
  const fit =
    lackOfFit < ROUNDING
      ? `the ${link} of marginal means is linear in the columns: the marginal coefficients are exact`
      : `least squares of the ${link} of marginal means, from which it differs by ${formatSignificant(lackOfFit, 2)} (root mean square)`;
  return [...namedTable(coefficients, columns, width, style), ...slope, ...wrap(fit, width)];
}

function varianceLines({ variances, level }: Population, { width, style, digits }: Layout): string[] {
  const column = (header: string, pick: (k: number) => number | undefined, dropOrder?: number): TableColumn => ({
    header,
    cells: variances.map((_, k) => cell(pick(k), digits)),
    ...(dropOrder !== undefined && { dropOrder }),
  });
  const rows = variances.map(({ name, coefficients }) => ({
    name: coefficients.length === 0 ? name : `${name}: ${coefficients.join(", ")}`,
  }));
  return namedTable(
    rows,
    [
      column("variance", (k) => variances[k].variance.estimate),
      column(`lower ${percent(level)}`, (k) => variances[k].variance.lower, 1),
      column(`upper ${percent(level)}`, (k) => variances[k].variance.upper, 1),
      column("share", (k) => variances[k].share?.estimate),
    ],
    width,
    style,
  );
}

function r2Lines(population: Population, layout: Layout): string[] {
  const { link, response } = population.r2;
  const rows = [
    { name: "marginal, linear predictor", estimate: link?.marginal ?? null },
    { name: "conditional, linear predictor", estimate: link?.conditional ?? null },
    { name: "marginal, responses", estimate: response?.marginal ?? null },
    { name: "conditional, responses", estimate: response?.conditional ?? null },
  ];
  return estimateTable(rows, population, layout);
}

function groupTitle({ factors }: PopulationGroup): string {
  return `Two responses of one ${factors.join(", of one ")}`;
}

/** Rows without a number are left out. */
function estimateTable(
  all: readonly { readonly name: string; readonly estimate: Estimate | null }[],
  { level }: Population,
  { width, style, digits }: Layout,
): string[] {
  const rows = all.flatMap(({ name, estimate }) => (estimate === null ? [] : [{ name, estimate }]));
  if (rows.length === 0) return [];
  const column = (header: string, field: keyof Estimate, dropOrder?: number): TableColumn => ({
    header,
    cells: rows.map(({ estimate }) => cell(estimate[field], digits)),
    ...(dropOrder !== undefined && { dropOrder }),
  });
  const columns = [
    column("estimate", "estimate"),
    column("sd", "sd", 1),
    column(`lower ${percent(level)}`, "lower"),
    column(`upper ${percent(level)}`, "upper"),
  ];
  return namedTable(rows, columns, width, style);
}

function interval({ estimate, lower, upper }: Estimate, digits: number | null): string {
  return `${cell(estimate, digits)} (${cell(lower, digits)} to ${cell(upper, digits)})`;
}

function cell(value: number | undefined, digits: number | null): string {
  return value === undefined ? "-" : formatEstimate(value, undefined, digits);
}

function percent(level: number): string {
  return `${Number((100 * level).toPrecision(6))}%`;
}
