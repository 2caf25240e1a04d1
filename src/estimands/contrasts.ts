import { checkArgument } from "../argument/checkArgument.js";
import { refuseProblems } from "../engine/checkOptions.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { linkNamed } from "../family/links.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { exp } from "../math/special/elementary.js";
import { runSteps, type Steps } from "../math/steps.js";
import { type Fitted, isOnLinearPredictor } from "../predict/Fitted.js";
import type { QuantityDraws } from "../predict/QuantityDraws.js";
import type { ContrastRow, Contrasts, LevelsByName } from "../summary/Estimands.js";
import { askedContrasts } from "./askedContrasts.js";
import type { KnownValues } from "./cellValues.js";
import type { CellContrast } from "./contrastSchemes.js";
import { type CompleteContrastsOptions, type ContrastsOptions, completeContrastsOptions } from "./contrastsOptions.js";
import { levelsText, named } from "./drawnNames.js";
import { effectNumbers } from "./effectNumbers.js";
import { degreesOfFreedom } from "./linearTests.js";
import { type AskedCells, cellsOf, checkCells, levelsOf, notEstimableNotes, unknownValues } from "./means.js";
import { ratioName, ratioProblem } from "./ratios.js";
import { type ReferenceGrid, sizeOf } from "./referenceGrid.js";
import { scaleName } from "./scaleName.js";

/**
 * Contrasts of the estimated marginal means of a fit by any engine: differences of linear predictors or means, or ratios of odds, rates or means, by a scheme or as they are
 * written, in each level of the variables of `by`.
 * Throws OptionsError for options, those naming unknown variables and levels included, ModelError for a contrast that cannot be read, and the signal's reason once it is aborted.
 */
export async function contrasts(fit: Fit | MlFit, options: ContrastsOptions): Promise<Contrasts> {
  checkArgument(aFit, fit, "contrasts", "fit");
  const complete = completeContrastsOptions(options);
  return runSteps(contrastsSteps(fit, complete), inThisThread(complete));
}

/** Contrasts at the values of an ensemble, and what tells of them. */
interface AskedContrastValues extends AskedCells {
  readonly wanted: readonly CellContrast[];
  /** Cells that a contrast is of; cells of other levels of the variables of `by` follow. */
  readonly size: number;
  /** Per combination of the levels of `by`, in the order of `wanted`: on the scale on which contrasts are sums. */
  readonly all: readonly (readonly KnownValues[])[];
}

function* contrastValues(fit: Fitted, options: CompleteContrastsOptions): Steps<AskedContrastValues> {
  refuseProblems(problemsOfFit(fit, options));
  const asked = yield* cellsOf(fit, options);
  const { grid, cells, told } = asked;
  const wanted = askedContrasts(grid, options);
  const size = wanted[0]?.weights.length ?? 0;
  const groups = size === 0 ? 0 : sizeOf(grid.dimensions) / size;
  const known = transformedCells(cells.known, options);
  const all = Array.from({ length: groups }, (_, g) =>
    wanted.map((one) => combined(one, known.slice(g * size, (g + 1) * size), told.ensemble.size)),
  );
  return { ...asked, wanted, size, all };
}

/** What `contrasts` tells, at each value of the ensemble: `contrast[a - b; sex=f]`. */
export function* contrastDraws(fit: Fitted, options: CompleteContrastsOptions): Steps<QuantityDraws[]> {
  const { grid, wanted, size, all } = yield* contrastValues(fit, options);
  const transformed = (values: Float64Array) => (options.as === "difference" ? values : values.map(exp));
  return all.flatMap((family, g) =>
    family.map(({ values }, k) => ({
      name: named("contrast", [wanted[k].name, levelsText(ofGroup(grid, g * size))]),
      values: transformed(values),
    })),
  );
}

/** The levels of the variables of `by` at a cell. */
function ofGroup(grid: ReferenceGrid, cell: number): LevelsByName {
  return Object.fromEntries(Object.entries(levelsOf(grid, cell)).filter(([name]) => grid.by.includes(name)));
}

export function* contrastsSteps(fit: Fitted, options: CompleteContrastsOptions): Steps<Contrasts> {
  const { adjust, as, scale, rope } = options;
  const { grid, cells, told, setting, wanted, size, all } = yield* contrastValues(fit, options);
  // A difference may be determined where its parts are not.
  const isOnLinks = isOnLinearPredictor(fit, scale);
  const isKnown = ({ weights, isEstimable }: KnownValues) =>
    isOnLinks && weights !== null ? cells.isEstimable(weights) : isEstimable;
  const degrees = yield* degreesOfFreedom(
    fit,
    cells.columns,
    all.flat().map((one) => (isOnLinks && isKnown(one) ? one.weights : null)),
  );
  const transform = as === "difference" ? null : linkNamed("log");
  const rows = all.flatMap((family, g): ContrastRow[] => {
    const own = degrees.slice(g * wanted.length, (g + 1) * wanted.length);
    const effects = {
      values: family.map((one) => (isKnown(one) ? one.values : unknownValues(one.values))),
      degreesOfFreedom: own,
      transform,
    };
    const levels = ofGroup(grid, g * size);
    return effectNumbers(told, effects, { adjust, rope: rope ?? null }).map((numbers, k) => ({
      contrast: wanted[k].name,
      levels,
      ...numbers,
    }));
  });
  const undetermined = notEstimableNotes(all.flat().map((one) => ({ isEstimable: isKnown(one) })));
  return {
    ...setting,
    notes: [...setting.notes, ...undetermined],
    of: grid.of,
    by: grid.by,
    quantity: quantityOf(fit, { as, scale }),
    null: as === "difference" ? 0 : 1,
    adjust,
    rope: rope ?? null,
    rows,
  };
}

/** Before a model is fitted: whether it has the contrasts that options ask for. Throws as `contrasts` does once it is fitted. */
export function checkContrasts(model: ModelToFit, options: CompleteContrastsOptions): void {
  refuseProblems(problemsOfFit(model, options));
  askedContrasts(checkCells(model, options), options);
}

function problemsOfFit(fit: ModelToFit, options: CompleteContrastsOptions): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const isMl = fit.engine === "ml";
  if (!isMl && options.adjust === "holm")
    problems.push(
      conflict(
        "adjust",
        "adjust is holm, which adjusts p values, and a posterior has none; take tukey or bonferroni, whose intervals hold at once",
      ),
    );
  if (isMl && options.rope !== undefined)
    problems.push(
      conflict(
        "rope",
        "rope is for the draws of a posterior, and maximum likelihood has none; take an engine with a posterior",
      ),
    );
  const ratio = ratioProblem(fit, options);
  return ratio === null ? problems : [...problems, conflict("as", ratio)];
}

function conflict(option: string, message: string): OptionProblem {
  return { option, code: "conflict", message };
}

/** Cells on the scale on which contrasts are sums: logs of means for ratios of means, logits for ratios of odds. */
function transformedCells(
  known: readonly KnownValues[],
  { as, scale }: CompleteContrastsOptions,
): readonly KnownValues[] {
  if (as === "difference" || scale === "link") return known;
  const { link } = linkNamed(as === "ratio" ? "log" : "logit");
  return known.map(({ values, isEstimable }) => ({ values: values.map(link), weights: null, isEstimable }));
}

function combined({ weights }: CellContrast, cells: readonly KnownValues[], size: number): KnownValues {
  const values = new Float64Array(size);
  const width = cells[0].weights?.length ?? 0;
  const sum = new Float64Array(width);
  let isLinear = true;
  let isEstimable = true;
  weights.forEach((weight, k) => {
    const cell = cells[k];
    if (weight === 0) return;
    for (let s = 0; s < size; s++) values[s] += weight * cell.values[s];
    isEstimable &&= cell.isEstimable;
    const own = cell.weights;
    if (own === null) isLinear = false;
    else for (let j = 0; j < width; j++) sum[j] += weight * own[j];
  });
  return { values, weights: isLinear && width > 0 ? sum : null, isEstimable };
}

function differenceName(fit: Fitted): string {
  const name = scaleName(fit) ?? `${fit.design.predictors[0].link}(mean)`;
  return fit.compiled.family.thresholds === undefined ? `difference of ${name}` : `difference on the ${name}`;
}

function quantityOf(fit: Fitted, { as, scale }: Pick<CompleteContrastsOptions, "as" | "scale">): string {
  if (as === "difference")
    return isOnLinearPredictor(fit, "mean") || scale === "mean" ? "difference of means" : differenceName(fit);
  if (as === "odds-ratio") return scale === "link" ? "odds ratio" : "odds ratio of means";
  return scale === "link" ? ratioName(fit) : "ratio of means";
}
