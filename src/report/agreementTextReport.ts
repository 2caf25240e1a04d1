import type { Warning } from "../diagnostics/warnings.js";
import type { EngineAgreement, EngineComparison, EngineEstimate } from "../summary/Agreement.js";
import { endsOf } from "../summary/Summary.js";
import { agreementVerdict, signed, unitOf } from "./agreementVerdict.js";
import { dataFacts, modelLines, warningLines } from "./fitFacts.js";
import {
  type Layout,
  labelled,
  layoutOf,
  page,
  type ReportOptions,
  type Style,
  section,
  type TableColumn,
  wrap,
} from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatKnown, formatSeconds, knownEstimate, percent } from "./numbers.js";
import { outsideSection } from "./outsideSection.js";
import { wideTable } from "./wideTable.js";

/** All that is told of one model through several engines, as plain data. */
export interface AgreementReport extends EngineComparison {
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const indent = 2;
/** Decimals of a log-likelihood. */
const DECIMALS = 4;

/** The engines side by side for a terminal: the verdict first, then what it rests on. */
export function agreementTextReport(report: AgreementReport, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { model, engines, agreements, reference, outside, seconds } = report;
  const parameters = namesOf(engines);
  const paragraphs = (texts: readonly string[]) => texts.flatMap((text) => wrap(text, width, indent, 0));
  return page([
    modelLines(model, width),
    labelled(dataFacts(report), width),
    section("Verdict", paragraphs(agreementVerdict(report)), style),
    ...outside.map((fit) =>
      titled(`${fit.name}, read as ${fit.format}`, outsideSection(fit, reference, parameters, layout), width, style),
    ),
    titled(
      `Estimates, with sd or standard error and ${percent(report.level)} interval`,
      parametersTable(report, layout),
      width,
      style,
    ),
    ...(agreements.length === 0 ? [] : agreementSections(report, width, style)),
    titled("Log-likelihoods, all constants included", likelihoodTable(report, width, style), width, style),
    section(
      "Engines",
      labelled(
        [
          ...engines.map(({ engine, method, seconds: time }): [string, string] => [
            engine,
            `${method}, ${formatSeconds(time)}`,
          ]),
          ...report.refused.map(({ engine, reason, isDefect }): [string, string] => [
            engine,
            isDefect ? reason : `does not serve: ${reason}`,
          ]),
          ...report.stopped.map((engine): [string, string] => [engine, "stopped before it had ended"]),
        ],
        width,
        indent,
      ),
      style,
    ),
    warningLines(allAgreementWarnings(report), width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

/** Those of model and data, then those of each engine by its name. */
export function allAgreementWarnings({ warnings, engines }: EngineComparison): readonly Warning[] {
  const ofEngines = engines.flatMap(({ engine, warnings: own }) =>
    own.map((warning) => ({ ...warning, message: `${engine}: ${warning.message}` })),
  );
  return [...warnings, ...ofEngines];
}

/** Lines under a title that may be long. */
function titled(title: string, lines: readonly string[], width: number, style: Style): string[] {
  return lines.length === 0 ? [] : [...wrap(title, width).map((line) => style.bold(line)), ...lines];
}

function namesOf(engines: readonly { readonly parameters: readonly { readonly name: string }[] }[]): string[] {
  return [...new Set(engines.flatMap(({ parameters }) => parameters.map(({ name }) => name)))];
}

function parametersTable({ engines, level }: AgreementReport, { width, style, digits }: Layout): string[] {
  const [below, above] = endsOf(level);
  const names = namesOf(engines);
  const rows: readonly [label: string, cell: (row: EngineEstimate) => string][] = [
    ["  sd", ({ sd, mcse }) => knownEstimate(sd, digits, mcse)],
    [`  ${percent(below)}`, ({ lower, mcse }) => knownEstimate(lower, digits, mcse)],
    [`  ${percent(above)}`, ({ upper, mcse }) => knownEstimate(upper, digits, mcse)],
  ];
  const labels = names.flatMap((name) => [name, ...rows.map(([label]) => label)]);
  const columns = engines.map(({ engine, parameters }) => ({
    header: engine,
    cells: names.flatMap((name) => {
      const row = parameters.find((parameter) => parameter.name === name);
      if (row === undefined) return ["", ...rows.map(() => "")];
      return [knownEstimate(row.estimate, digits, row.mcse), ...rows.map(([, cell]) => cell(row))];
    }),
  }));
  return wideTable(labels, columns, width, style);
}

function agreementSections(report: AgreementReport, width: number, style: Style) {
  const { agreements, reference } = report;
  const unit = unitOf(report);
  const names = namesOf(agreements);
  const perParameter = (format: (row: EngineAgreement["parameters"][number]) => string) =>
    agreements.map(({ engine, parameters }) => ({
      header: engine,
      cells: names.map((name) => {
        const row = parameters.find((parameter) => parameter.name === name);
        return row === undefined ? "" : format(row);
      }),
    }));
  const isNoisy = agreements.some(({ parameters }) => parameters.some(({ mcse }) => mcse > 0));
  const known = (value: number) => formatKnown(value, (number) => number.toFixed(2));
  const withMcse = ({ difference, mcse }: EngineAgreement["parameters"][number]) =>
    signed(difference) + (mcse > 0 ? ` (${signed(difference / mcse)})` : "");
  const sections: readonly [title: string, columns: readonly TableColumn[]][] = [
    [
      `Difference from ${reference} in its ${unit}${isNoisy ? " (in Monte Carlo standard errors)" : ""}`,
      perParameter(withMcse),
    ],
    [
      `Wasserstein-1 distance from ${reference}'s marginal in its ${unit}`,
      perParameter(({ distance }) => known(distance)),
    ],
    [
      `Width of the ${percent(report.level)} interval over ${reference}'s`,
      perParameter(({ widthRatio }) => known(widthRatio)),
    ],
  ];
  return [
    ...sections.map(([title, columns]) => titled(title, wideTable(names, columns, width, style), width, style)),
    titled(
      `Random effects: distance from ${reference} in its sds of them`,
      effectsTable(agreements, width, style),
      width,
      style,
    ),
  ];
}

function effectsTable(agreements: readonly EngineAgreement[], width: number, style: Style): string[] {
  const rows = agreements.flatMap(({ engine, effects }) => (effects === null ? [] : [{ name: engine, ...effects }]));
  const columns = [
    { header: "typical", cells: rows.map(({ typical }) => typical.toFixed(2)) },
    { header: "worst", cells: rows.map(({ worst }) => worst.toFixed(2)) },
    { header: "of", dropOrder: 1, cells: rows.map(({ worstName }) => worstName) },
  ];
  return namedTable(rows, columns, width, style);
}

function likelihoodTable({ engines, logLikelihoods }: AgreementReport, width: number, style: Style): string[] {
  const cell = (value: number | null | undefined) =>
    value === null || value === undefined ? "" : value.toFixed(DECIMALS);
  const columns = [
    { header: "maximum, by its method", cells: engines.map(({ logLikelihood }) => cell(logLikelihood)) },
    {
      header: "exact, at its estimates",
      cells: engines.map(({ engine }) => cell(logLikelihoods.find((row) => row.engine === engine)?.value)),
    },
    { header: "log marginal", cells: engines.map(({ logMarginalLikelihood }) => cell(logMarginalLikelihood)) },
  ].filter(({ cells }) => cells.some((text) => text !== ""));
  const names = engines.map(({ engine }) => engine);
  return wideTable(names, columns, width, style);
}
