import type { Warning } from "../diagnostics/warnings.js";
import type { PriorVariation } from "../summary/PriorVariation.js";
import type {
  HyperparameterSensitivity,
  QuantitySensitivity,
  ScaledComponent,
  Sensitivity,
  SensitivityVerdict,
} from "../summary/Sensitivity.js";
import type { TippingPoints } from "../summary/TippingPoints.js";
import { warningLines } from "./fitFacts.js";
import { type Layout, layoutOf, page, plural, type ReportOptions, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatError, formatEstimate, formatSeconds } from "./numbers.js";
import { tippingSection } from "./tippingSection.js";
import { variationSections } from "./variationSections.js";

/** What is told of a fit's sensitivity, as plain data. */
export interface SensitivityReport {
  readonly label: string;
  readonly sensitivity: Sensitivity;
  /** Under other priors; null where none were asked for. */
  readonly variation: PriorVariation | null;
  /** The tipping points of each conclusion. */
  readonly tippingPoints: readonly TippingPoints[];
  /** Quantities that were asked for. */
  readonly asked: readonly string[];
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const indent = 2;

/** The sensitivity of a posterior for a terminal: quantities with verdicts, what each prior statement moves most, and derivatives in its numbers. */
export function sensitivityTextReport(report: SensitivityReport, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { label, sensitivity, seconds } = report;
  const { engine, draws, powers } = sensitivity;
  const how = `priors and likelihood raised to the powers ${powers.join(" and ")}, by importance weights over ${plural(draws, "draw")} of ${engine}`;
  return page([
    section(label, wrap(how, width, indent), style),
    section("Quantities", quantityLines(sensitivity, layout), style),
    section("Prior statements", statementLines(sensitivity, layout), style),
    section("Derivatives of posterior means", derivativeLines(sensitivity, layout), style),
    ...(report.variation === null ? [] : variationSections(report.variation, report.asked, layout)),
    ...report.tippingPoints.map((points) => tippingSection(points, layout)),
    warningLines(warningsOf(report), width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

/** What keeps the numbers from being relied on as they are. */
export function warningsOf({ sensitivity, variation }: SensitivityReport): readonly Warning[] {
  return [...sensitivity.warnings, ...(variation?.warnings ?? [])];
}

const verdictWords: Readonly<Record<SensitivityVerdict, string>> = {
  robust: "robust",
  conflict: "prior-data conflict",
  "strong-prior": "strong prior or weak likelihood",
  unknown: "not known",
};

/** What a verdict says, in words. */
export function verdictText(verdict: SensitivityVerdict): string {
  return verdictWords[verdict];
}

function quantityLines({ quantities, threshold }: Sensitivity, { width, style }: Layout): string[] {
  const columns = [
    { header: "prior", cells: quantities.map(({ prior }) => prior.toFixed(3)) },
    { header: "likelihood", cells: quantities.map(({ likelihood }) => likelihood.toFixed(3)), dropOrder: 1 },
    { header: "verdict", cells: quantities.map(({ verdict }) => verdictText(verdict)) },
  ];
  const legend = `distances for a doubling of the power (cumulative Jensen-Shannon); from ${threshold} on a quantity is sensitive`;
  return [...namedTable(quantities, columns, width, style), ...wrap(legend, width)];
}

/** The index of the largest, -1 of none. */
function largestOf(values: readonly number[]): number {
  return values.reduce((best, value, k) => (best < 0 || value > values[best] ? k : best), -1);
}

function statementLines({ components, quantities }: Sensitivity, { width, style }: Layout): string[] {
  const rows = components.flatMap((component, c) => {
    if (component.kind === "likelihood" || component.kind === "priors") return [];
    const most = largestOf(quantities.map(({ distances }) => distances[c]));
    return most < 0 ? [] : [{ name: componentName(component), component, most: quantities[most], c }];
  });
  const columns = [
    { header: "moves most", cells: rows.map(({ most, c }) => (most.distances[c] > 0 ? most.name : "-")), dropOrder: 2 },
    { header: "distance", cells: rows.map(({ most, c }) => most.distances[c].toFixed(3)) },
    { header: "sds a doubling", cells: rows.map(({ most, c }) => signed(most.slopes[c])), dropOrder: 1 },
    { header: "Pareto k", cells: rows.map(({ component }) => component.paretoK.toFixed(2)), dropOrder: 3 },
  ];
  return namedTable(rows, columns, width, style);
}

function componentName({ kind, name, distribution, origin }: ScaledComponent): string {
  if (kind === "prior") return `  of ${name}`;
  return `${name} ~ ${distribution}${origin === "default" ? " (default)" : ""}`;
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}

function derivativeLines({ hyperparameters, quantities }: Sensitivity, { width, style }: Layout): string[] {
  const known = hyperparameters.flatMap((one) => {
    const { derivatives, mcse } = one;
    if (derivatives === null || mcse === null) return [];
    const inSds = quantities.map(({ sd }, q) => (sd > 0 ? Math.abs(derivatives[q]) / sd : 0));
    const most = largestOf(inSds);
    if (most < 0) return [];
    return [{ name: hyperparameterName(one), quantity: quantities[most], at: derivatives[most], error: mcse[most] }];
  });
  const columns = [
    { header: "moves most", cells: known.map(({ quantity }) => quantity.name) },
    { header: "derivative", cells: known.map(({ at, error }) => formatEstimate(at, error, null)) },
    { header: "mcse", cells: known.map(({ error }) => formatError(error)), dropOrder: 1 },
    { header: "in sds", cells: known.map(inSdsOf), dropOrder: 2 },
  ];
  const unknown = hyperparameters.flatMap((one) =>
    one.problem === null ? [] : wrap(`${hyperparameterName(one)}: ${one.problem}`, width),
  );
  return [...namedTable(known, columns, width, style), ...unknown];
}

function inSdsOf({ quantity, at }: { readonly quantity: QuantitySensitivity; readonly at: number }): string {
  return signed(at / quantity.sd);
}

function hyperparameterName({ prior, name, value }: HyperparameterSensitivity): string {
  return `${prior}: ${name} = ${value}`;
}
