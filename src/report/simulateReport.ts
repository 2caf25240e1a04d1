import type { PriorFacts } from "../summary/Evidence.js";
import {
  type Simulation,
  type SimulationSummary,
  simulationProbabilities,
  statisticProbabilities,
} from "../summary/Simulation.js";
import { priorLine } from "./fitFacts.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import { layoutOf, page, plural, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, formatSignificant } from "./numbers.js";

/** What is told of a simulation, as plain data. */
export interface SimulateReport {
  /** Version of the product. */
  readonly version: string;
  readonly model: string;
  readonly simulation: Simulation;
  readonly summary: SimulationSummary;
  /** The priors that parameters were drawn from, as they were used; empty where none was. */
  readonly priors: readonly PriorFacts[];
  readonly seed: string;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const DIGITS = 4;

/** Simulated responses for a terminal: what they are, their quantiles, and those of statistics beside the data. */
export function simulateTextReport(report: SimulateReport, options: ReportOptions = {}): string {
  const { simulation, summary, priors, seconds } = report;
  const { width, style, digits } = layoutOf(options);
  const shown = (value: number) => formatSignificant(value, digits ?? DIGITS);
  const percents = (list: readonly number[]) => list.map((p) => `${Number((100 * p).toPrecision(3))}%`);
  const columns = (headers: readonly string[], rows: readonly (readonly number[])[]): TableColumn[] =>
    headers.map((header, c) => ({ header, cells: rows.map((row) => shown(row[c])) }));
  const { response, categories } = simulation;
  const isNumber = categories === null;
  const ofRows = columns(
    percents(simulationProbabilities),
    isNumber ? [summary.response, summary.mean] : [summary.mean],
  );
  const named = isNumber ? [response, `mean of ${response}`] : [`linear predictor of ${response}`];
  const ofStatistics = columns(
    percents(statisticProbabilities),
    summary.statistics.map(({ quantiles }) => quantiles),
  );
  const data = summary.statistics.map(({ observed }) => (observed === null ? "-" : shown(observed)));
  const ofParameters = columns(
    percents(statisticProbabilities),
    summary.parameters.map(({ quantiles }) => quantiles),
  );
  return page([
    section("Simulated responses", wrap(whatWasDone(simulation), width, 2), style),
    section(
      "Priors",
      priors.flatMap((prior) => wrap(priorLine(prior), width, 2)),
      style,
    ),
    namedTable(
      named.map((name) => ({ name })),
      ofRows,
      width,
      style,
    ),
    section(
      "Statistics of the data sets",
      namedTable(summary.statistics, [...ofStatistics, { header: "data", cells: data }], width, style),
      style,
    ),
    section("Parameters", namedTable(summary.parameters, ofParameters, width, style), style),
    simulationVerdict(report).flatMap((line) => wrap(line, width, 0, 0)),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

const sources = {
  fit: "parameters at draws of the fit",
  prior: "parameters drawn from their priors",
  stated: "parameters as stated",
} as const;
const effectsInWords = {
  conditional: "random effects of known levels as the fit has them, of new levels drawn",
  marginal: "random effects drawn anew for each data set",
  zero: "random effects zero",
} as const;

function whatWasDone({ from, engine, values, row, effects, droppedRows, stated }: Simulation): string {
  const source = engine === "ml" ? "parameters at the estimates" : sources[from];
  const dropped = droppedRows.length === 0 ? "" : ` (${plural(droppedRows.length, "row")} dropped: missing values)`;
  const others = from === "stated" || stated.length === 0 ? "" : `, but for ${stated.join(", ")} as stated`;
  return `${plural(values.length, "data set")} of ${plural(row.length, "row")}${dropped}; ${source}${engine === null ? "" : ` by ${engine}`}${others}; ${effectsInWords[effects]}`;
}

/** A larger share of implausible means is told as the priors' doing. */
const MUCH = 0.05;

/** What the simulation says, a sentence each. */
export function simulationVerdict({ simulation: { from, isDiscrete }, summary }: SimulateReport): string[] {
  const { plausible, impossible, zeros } = summary;
  const lines: string[] = [];
  if (isDiscrete === true && zeros !== null) lines.push(`${percent(zeros)} of the responses are 0.`);
  if (plausible !== null) {
    const { limits, origin, below, above } = plausible;
    const [low, high] = limits.map((limit) => formatSignificant(limit, DIGITS));
    const sides = [
      ...(below > 0 ? [`${percent(below)} of the means are below ${low}`] : []),
      ...(above > 0 ? [`${percent(above)} of the means are above ${high}`] : []),
    ];
    const found = sides.length === 0 ? `All means lie between ${low} and ${high}` : sides.join(" and ");
    lines.push(`${found} (plausible limits: ${origin}).`);
    if (from === "prior" && below + above > MUCH)
      lines.push(
        "The priors hold more than 5% of means beyond plausible limits for possible: look at the widest of them, on sds and on coefficients of widely varying columns.",
      );
  }
  if (impossible > 0)
    lines.push(
      `${percent(impossible)} of the responses could not be simulated: their means are too large for a computer.`,
    );
  return lines;
}

/** "12%", "0.3%", "<0.1%" */
function percent(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1%";
  return `${Number((100 * share).toFixed(1))}%`;
}

/** The document of `simulate --json`, version 1: fields may be added, never renamed. */
export interface SimulateJsonDocument {
  readonly schema: 1;
  readonly version: string;
  readonly model: string;
  readonly response: string;
  readonly family: string;
  /** The names of the categories that responses are of; null of other responses. */
  readonly categories: readonly string[] | null;
  readonly from: Simulation["from"];
  readonly engine: string | null;
  readonly effects: Simulation["effects"];
  readonly stated: readonly string[];
  readonly seed: string;
  readonly draws: number;
  readonly rows: number;
  readonly droppedRows: number;
  readonly priors: readonly PriorFacts[];
  readonly quantiles: {
    readonly probabilities: readonly number[];
    readonly response: readonly JsonNumber[];
    readonly mean: readonly JsonNumber[];
  };
  readonly zeros: number | null;
  readonly impossible: number;
  readonly plausible: SimulationSummary["plausible"];
  readonly statistics: readonly {
    readonly name: string;
    readonly quantiles: readonly JsonNumber[];
    readonly observed: JsonNumber;
  }[];
  readonly parameters: readonly { readonly name: string; readonly quantiles: readonly JsonNumber[] }[];
  readonly verdict: readonly string[];
  readonly notes: readonly string[];
  readonly seconds: SimulateReport["seconds"];
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function simulateJsonDocument(report: SimulateReport): SimulateJsonDocument {
  const { version, model, simulation, summary, priors, seed, seconds } = report;
  const { response, family, from, engine, effects, stated, droppedRows, notes } = simulation;
  const numbers = (list: readonly number[]) => list.map(finite);
  return {
    schema: 1,
    version,
    model,
    response,
    family,
    categories: simulation.categories,
    from,
    engine,
    effects,
    stated,
    seed,
    draws: summary.draws,
    rows: summary.rows,
    droppedRows: droppedRows.length,
    priors,
    quantiles: {
      probabilities: simulationProbabilities,
      response: numbers(summary.response),
      mean: numbers(summary.mean),
    },
    zeros: summary.zeros,
    impossible: summary.impossible,
    plausible: summary.plausible,
    statistics: summary.statistics.map(({ name, quantiles, observed }) => ({
      name,
      quantiles: numbers(quantiles),
      observed: observed === null ? null : finite(observed),
    })),
    parameters: summary.parameters.map(({ name, quantiles }) => ({ name, quantiles: numbers(quantiles) })),
    verdict: simulationVerdict(report),
    notes,
    seconds,
  };
}
