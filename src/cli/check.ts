import {
  type Design,
  type ModelAst,
  type PreparedModel,
  place,
  prepareModel,
  printExpression,
  type Table,
} from "../index.js";
import { checkReport, type GroupCheck, type ModelCheck } from "../report/checkReport.js";
import { styleFor } from "./fit.js";
import { priorLine } from "./fitReport.js";
import { readModelAndData, type SourceFlags } from "./modelSource.js";
import { type ExitCode, exitCodes, type Terminal, widthOf } from "./Terminal.js";

export type CheckFlags = SourceFlags;

/** `marginalia check`: everything there is to know before a fit. */
export async function checkCommand(
  path: string | undefined,
  flags: CheckFlags,
  { stdout }: Terminal,
): Promise<ExitCode> {
  const { model, table } = await readModelAndData(path, flags);
  const prepared = prepareModel(model, table, { missing: flags.missing });
  stdout.write(checkReport(modelCheck(prepared, table), { width: widthOf(stdout), style: styleFor(stdout) }));
  return exitCodes.done;
}

function modelCheck({ ast, design, compiled, problems }: PreparedModel, table: Table): ModelCheck {
  return {
    response: `${ast.response.column.name} ~ ${ast.response.family.name}(${ast.response.arguments.map(argumentText).join(", ")})`,
    predictors: ast.predictors.map(({ link, parameter, formula }) => {
      const left = link.name === "identity" ? parameter.name : `${link.name}(${parameter.name})`;
      return `${left} = ${printExpression(formula)}`;
    }),
    randomEffects: randomEffectLines(design),
    priors: compiled.priors.map(priorLine),
    rows: design.rows,
    droppedRows: design.droppedRows.length,
    columns: design.predictors.map(({ parameter, columns }) => ({ parameter, names: columns })),
    factors: fixedFactors(ast, table),
    groups: design.predictors.flatMap((part) => part.factors.map((_, f) => groupCheck(part, f))),
    problems: problems.map(({ severity, message, hint, span }) => ({
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(span === undefined || ast.source === undefined ? {} : { place: placeText(ast.source, span.start) }),
    })),
  };
}

function argumentText({ slot, value }: ModelAst["response"]["arguments"][number]): string {
  const text = value.type === "number" ? String(value.value) : value.name;
  return slot === undefined ? text : `${slot.name} = ${text}`;
}

function placeText(source: NonNullable<ModelAst["source"]>, offset: number): string {
  const { line, column } = place(source, offset);
  return `${source.name}:${line}:${column}`;
}

/** "b[subject] = (Intercept, post) ~ normal(0, G), G of 2 sds and 1 correlation" */
function randomEffectLines(design: Design): string[] {
  return design.predictors.flatMap(({ randomTerms, factors }) =>
    randomTerms.map(({ factor, coefficients }) => {
      const q = coefficients.length;
      const correlations = (q * (q - 1)) / 2;
      const covariance =
        q === 1 ? "sd^2" : `G), G of ${q} sds and ${correlations} correlation${correlations === 1 ? "" : "s"}`;
      return `b[${factors[factor].name}] = (${coefficients.join(", ")}) ~ normal(0, ${covariance}${q === 1 ? ")" : ""}`;
    }),
  );
}

/** Text columns that stand in a formula by themselves; inside a call their coding is the call's affair. */
function fixedFactors(ast: ModelAst, table: Table): ModelCheck["factors"] {
  const names = new Set(ast.predictors.flatMap(({ formula }) => plainNames(formula)));
  return [...names].flatMap((name) => {
    const column = table.columns.get(name);
    return column?.kind === "text" ? [{ name, levels: column.levels }] : [];
  });
}

function plainNames(expression: ModelAst["predictors"][number]["formula"]): string[] {
  switch (expression.type) {
    case "name":
      return [expression.name];
    case "unary":
      return plainNames(expression.operand);
    case "binary":
      return [...plainNames(expression.left), ...plainNames(expression.right)];
    case "random":
      return plainNames(expression.effects);
    default:
      return [];
  }
}

function groupCheck({ factors }: Design["predictors"][number], f: number): GroupCheck {
  const { name, levels, levelIndex, parent } = factors[f];
  const rows = new Int32Array(levels.length);
  for (const level of levelIndex) rows[level]++;
  return {
    name,
    levels: levels.length,
    smallest: rows.reduce((a, b) => Math.min(a, b)),
    largest: rows.reduce((a, b) => Math.max(a, b)),
    nestedIn: parent === null ? null : factors[parent.factor].name,
  };
}
