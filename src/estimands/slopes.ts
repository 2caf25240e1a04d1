import { checkArgument } from "../argument/checkArgument.js";
import { refuseProblems } from "../engine/checkOptions.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { runSteps, type Steps } from "../math/steps.js";
import { type Fitted, isOnLinearPredictor } from "../predict/Fitted.js";
import type { QuantityDraws } from "../predict/QuantityDraws.js";
import type { SlopeRow, Slopes } from "../summary/Estimands.js";
import { betweenLevels } from "./betweenLevels.js";
import type { KnownValues } from "./cellValues.js";
import { checkContrasts, contrastDraws, contrastsSteps } from "./contrasts.js";
import { type CompleteContrastsOptions, completeContrastsOptions } from "./contrastsOptions.js";
import { levelsText, named } from "./drawnNames.js";
import { effectNumbers } from "./effectNumbers.js";
import { degreesOfFreedom } from "./linearTests.js";
import type { ModelVariable } from "./ModelVariable.js";
import { type AskedCells, cellsOf, checkCells, levelsOf } from "./means.js";
import { modelVariables } from "./modelVariables.js";
import { type CompleteSlopesOptions, completeSlopesOptions, type SlopesOptions } from "./slopesOptions.js";
import { unknownVariable } from "./unknownVariable.js";

/** Half the distance of differences, over the range of the variable. */
const STEP = 1e-4;

/**
 * Slopes of a fit by any engine: derivatives of the linear predictor or the mean in numeric variables at the means of a reference grid or averaged over the rows, by central differences
 * (exact on the scale of the link where the variable enters to the second power at most), and for factors differences from the first level.
 * Throws OptionsError for options, those naming unknown variables and levels included, ModelError where the model has no value beside a cell, and the signal's reason once it is aborted.
 */
export async function slopes(fit: Fit | MlFit, options: SlopesOptions): Promise<Slopes> {
  checkArgument(aFit, fit, "slopes", "fit");
  const complete = completeSlopesOptions(options);
  return runSteps(slopesSteps(fit, complete), inThisThread(complete));
}

function* slopesSteps(fit: Fitted, options: CompleteSlopesOptions): Steps<Slopes> {
  const parts: Slopes[] = [];
  for (const variable of askedVariables(fit, options))
    parts.push(yield* variable.kind === "number" ? slopesIn(fit, variable, options) : stepsOf(fit, variable, options));
  return { ...parts[0], of: [...new Set(options.of)], rows: parts.flatMap(({ rows }) => rows) };
}

/** What `slopes` tells, at each value of the ensemble: `slope[x; trt=a]`; of a factor its contrasts. */
export function* slopeDraws(fit: Fitted, options: CompleteSlopesOptions): Steps<QuantityDraws[]> {
  const draws: QuantityDraws[] = [];
  for (const variable of askedVariables(fit, options)) {
    if (variable.kind !== "number") {
      draws.push(...(yield* contrastDraws(fit, steps(variable, options))));
      continue;
    }
    const { above, found } = yield* slopeValues(fit, variable, options);
    draws.push(
      ...found.map(({ values }, k) => ({
        name: named("slope", [variable.name, levelsText(levelsOf(above.grid, k))]),
        values,
      })),
    );
  }
  return draws;
}

/** Before a model is fitted: whether it has the slopes that options ask for. Throws as `slopes` does once it is fitted. */
export function checkSlopes(model: ModelToFit, options: CompleteSlopesOptions): void {
  for (const variable of askedVariables(model, options)) {
    if (variable.kind !== "number") checkContrasts(model, steps(variable, options));
    else checkCells(model, { ...options, of: [] }, { shift: { name: variable.name, by: stepOf(variable) } });
  }
}

/** Throws OptionsError for unknown names, and for numbers that have no slope given the levels. */
function askedVariables(fit: ModelToFit, { of, effects }: CompleteSlopesOptions): ModelVariable[] {
  const variables = modelVariables(fit).filter(({ role }) => role === "mean" || role === "offset");
  const known = variables.map(({ name }) => name);
  refuseProblems(of.filter((name) => !known.includes(name)).map((name) => unknownVariable("of", name, known, fit)));
  const asked = variables.filter(({ name }) => of.includes(name));
  const numeric = effects === "conditional" ? asked.filter(({ kind }) => kind === "number") : [];
  refuseProblems(numeric.flatMap(({ name }) => betweenLevels(fit, name, `contrasts of ${name}, or `)));
  return asked;
}

/** Derivatives in a numeric variable. */
function* slopesIn(fit: Fitted, variable: ModelVariable, options: CompleteSlopesOptions): Steps<Slopes> {
  const { name } = variable;
  const { above, found } = yield* slopeValues(fit, variable, options);
  const degrees = yield* degreesOfFreedom(
    fit,
    above.cells.columns,
    found.map(({ weights }) => weights),
  );
  const effects = { values: found.map(({ values }) => values), degreesOfFreedom: degrees, transform: null };
  const judged = effectNumbers(above.told, effects, { adjust: "none", rope: options.rope ?? null });
  const rows = judged.map((numbers, k): SlopeRow => {
    return { variable: name, contrast: null, levels: levelsOf(above.grid, k), ...numbers };
  });
  return { ...above.setting, of: [name], by: above.grid.by, rope: options.rope ?? null, rows };
}

function stepOf({ range }: ModelVariable): number {
  return STEP * ((range === null ? 0 : range[1] - range[0]) || 1);
}

interface SlopeValues {
  readonly above: AskedCells;
  readonly found: readonly Pick<KnownValues, "values" | "weights">[];
}

/** By central differences, in each cell of the grid. */
function* slopeValues(fit: Fitted, variable: ModelVariable, options: CompleteSlopesOptions): Steps<SlopeValues> {
  const { name } = variable;
  const step = stepOf(variable);
  const asked = { ...options, of: [] };
  const above = yield* cellsOf(fit, asked, { shift: { name, by: step } });
  const below = yield* cellsOf(fit, asked, { shift: { name, by: -step } });
  const quotient = (one: Float64Array, other: Float64Array) => one.map((value, i) => (value - other[i]) / (2 * step));
  const isOnLinks = isOnLinearPredictor(fit, options.scale);
  const found = above.cells.known.map((one, k) => {
    const other = below.cells.known[k];
    const weights = one.weights === null || other.weights === null ? null : quotient(one.weights, other.weights);
    const values = quotient(one.values, other.values);
    const isKnown =
      isOnLinks && weights !== null ? above.cells.isEstimable(weights) : one.isEstimable && other.isEstimable;
    return { values: isKnown ? values : values.fill(Number.NaN), weights: isOnLinks ? weights : null };
  });
  return { above, found };
}

/** Differences of the levels of a factor from its first. */
function* stepsOf(fit: Fitted, variable: ModelVariable, options: CompleteSlopesOptions): Steps<Slopes> {
  const { name } = variable;
  const asked = steps(variable, options);
  const { rows, adjust: _, quantity: __, null: ___, ...setting } = yield* contrastsSteps(fit, asked);
  return { ...setting, rows: rows.map((row): SlopeRow => ({ variable: name, ...row })) };
}

function steps({ name }: ModelVariable, options: CompleteSlopesOptions): CompleteContrastsOptions {
  return completeContrastsOptions({ ...options, of: [name], contrast: ["reference"] });
}
