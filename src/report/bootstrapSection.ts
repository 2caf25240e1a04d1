import { type Layout, plural, section } from "./layout.js";
import type { BootstrapReport } from "./MlReport.js";
import { namedTable } from "./namedTable.js";
import { knownEstimate, percent } from "./numbers.js";

/** Bias and standard error of each parameter over the fits of simulated responses, where there is a bootstrap. */
export function bootstrapSection(report: BootstrapReport | null, { width, style, digits }: Layout): string[] {
  if (report === null) return [];
  const { parameters, replicates, failed } = report;
  const cells = (key: "bias" | "biasError" | "sd") => parameters.map((row) => knownEstimate(row[key], digits));
  const isWhole = parameters.every(({ estimates }) => estimates === replicates - failed);
  const counts = { header: "fits", dropOrder: 2, cells: parameters.map(({ estimates }) => String(estimates)) };
  const columns = [
    { header: "bias", cells: cells("bias") },
    { header: "its error", dropOrder: 1, cells: cells("biasError") },
    { header: "se", cells: cells("sd") },
    ...(isWhole ? [] : [counts]),
  ];
  return section("Bootstrap", namedTable(parameters, columns, width, style), style);
}

const kinds: Readonly<Record<string, string>> = {
  percentile: "between quantiles of the simulated estimates",
  basic: "twice the estimate less the quantiles of the simulated estimates",
  norm: "the estimate less the bias, and the normal quantile times the bootstrap's se on either side",
  bc: "between quantiles of the simulated estimates, corrected for bias",
};

/** What the intervals are, of how many fits. */
export function bootstrapLine({ type, replicates, failed, singular, untrusted }: BootstrapReport, level: number) {
  const counted = [
    [failed, "failed and left out"],
    [singular, "singular"],
    [untrusted, "perhaps not at their maximum"],
  ] as const;
  const parts = counted.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  const of = `${plural(replicates, "fit")} of responses simulated at the estimates`;
  return `intervals: ${percent(level)}, by the parametric bootstrap (${type}: ${kinds[type] ?? type}), ${of}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}; standard errors and tests are by Wald`;
}
