import type { EngineEvidence, EvidenceComparison } from "../summary/Evidence.js";
import { parametersTable } from "./compareTextReport.js";
import { evidenceVerdict, formatFactor, formatProbability } from "./evidenceVerdict.js";
import { dataFacts, modelLines, priorLine, warningLines } from "./fitFacts.js";
import { type Layout, labelled, layoutOf, page, type ReportOptions, type Style, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds } from "./numbers.js";

/** All that is told of two models by their marginal likelihoods, as plain data. */
export interface EvidenceReport extends EvidenceComparison {
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

/** Decimals of a log marginal likelihood. */
const DECIMALS = 3;
const indent = 2;

/** Two models by their marginal likelihoods for a terminal: estimates, likelihoods, the Bayes factor, and what it hangs on. */
export function evidenceTextReport(report: EvidenceReport, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { models, engines, notes, warnings, seconds } = report;
  return page([
    ...models.map(({ label, text }) => section(label, indented(modelLines(text, width - indent)), style)),
    labelled(
      [
        [engines.length === 1 ? "engine" : "engines", engines.map(({ engine }) => engine).join(", ")],
        ...dataFacts(report),
      ],
      width,
    ),
    ...engines.flatMap((evidence) => engineSections(evidence, layout)),
    section("Bayes factor of A against B", labelled(engines.flatMap(factorEntries), width, indent), style),
    section("Verdict", wrap(evidenceVerdict(report), width, indent, 0), style),
    ...models.map(({ label, priors }) =>
      section(
        `Priors of ${label}`,
        priors.flatMap((prior) => wrap(priorLine(prior), width, indent)),
        style,
      ),
    ),
    section(
      "Notes",
      [...notes.map(({ message }) => message), ...engines.flatMap(trustedGuards)].flatMap((text) =>
        wrap(text, width, indent),
      ),
      style,
    ),
    warningLines(warnings, width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => " ".repeat(indent) + line);
}

function engineSections(evidence: EngineEvidence, layout: Layout): string[][] {
  const { width, style } = layout;
  const { engine, fits } = evidence;
  const columns = fits.map(({ label, parameters }) => ({
    label,
    parameters: parameters.map(({ name, mean, sd }) => ({ name, estimate: mean, standardError: sd })),
  }));
  return [
    section(`Parameters by ${engine}`, parametersTable(columns, "sd", layout), style),
    section(`Log marginal likelihood by ${engine}`, marginalTable(evidence, width, style), style),
  ];
}

/** By each way that was taken. */
function marginalTable({ fits, bayesFactor }: EngineEvidence, width: number, style: Style): string[] {
  const likelihoods = fits.map(({ approximation }) => approximation.logMarginalLikelihoods);
  const rows = [
    { name: "importance", values: [...likelihoods.map((of) => of.importance), bayesFactor?.byImportance] },
    { name: "integration", values: [...likelihoods.map((of) => of.integration), bayesFactor?.byIntegration] },
  ].filter(({ values }) => values.some((value) => typeof value === "number"));
  const columns = ["A", "B", "A - B"].map((header, k) => ({
    header,
    ...(header === "A - B" ? { dropOrder: 1 } : {}),
    cells: rows.map(({ values }) => values[k]?.toFixed(DECIMALS) ?? "-"),
  }));
  return namedTable(rows, columns, width, style);
}

function factorEntries({ engine, bayesFactor }: EngineEvidence): [string, string][] {
  if (bayesFactor === null) return [[engine, "none: a guard does not trust its approximation"]];
  const { log, probabilities } = bayesFactor;
  const [ofA, ofB] = [probabilities.A, probabilities.B].map(formatProbability);
  return [
    [engine, `${formatFactor(log)}, its log ${log.toFixed(DECIMALS)}`],
    ["", `probability of A ${ofA}, of B ${ofB} at even prior odds`],
  ];
}

function trustedGuards({ engine, fits }: EngineEvidence): string[] {
  return fits
    .filter(({ approximation }) => approximation.guard.isTrusted)
    .map(({ label, approximation }) => `guard of ${engine}, ${label}: ${approximation.guard.verdict}`);
}
