import { parameterSources } from "../density/parameterSources.js";
import { rowSd } from "../density/responseRows.js";
import type { NewRows } from "../design/applyDesign.js";
import type { Auxiliary } from "../family/Family.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import type { EffectsChoice } from "../summary/Prediction.js";
import type { Ensemble } from "./Ensemble.js";
import type { Fitted } from "./Fitted.js";
import { RowPredictor } from "./RowPredictor.js";

/** The family's auxiliary parameters of rows at each of the S values of an ensemble, by predictors that they are functions of, m columns. */
export interface RowParameters {
  /** Columns, m. */
  readonly count: number;
  /** Fills in the predictors of row i: of a line of its own, else the parameter itself. */
  predictors(i: number, out: readonly Float64Array[]): void;
  /** A column whose random effects are yet to be integrated over, and their variance; null where there is none. */
  readonly mixed: { readonly column: number; variance(i: number, out: Float64Array): void } | null;
  /** The parameters of row i with such predictors, its precision weight and known error included, in a buffer that the next call overwrites. */
  at(i: number, predictors: ArrayLike<number>): Auxiliary;
}

export interface AskedOfParameters {
  readonly effects: EffectsChoice;
  readonly seed: string;
  /** Whether effects that are "marginal" are left to be integrated over, and not drawn anew for each row: those of the first parameter that has any. */
  readonly isIntegrated: boolean;
}

/** One parameter of the rows. */
interface ParameterOfRows {
  predictor(i: number, out: Float64Array): void;
  readonly inverseLink: ((psi: number) => number) | null;
  /** Null without random effects. */
  readonly variance: ((i: number, out: Float64Array) => void) | null;
}

export function rowParameters(
  fit: Fitted,
  rows: NewRows,
  ensemble: Ensemble,
  { effects, seed, isIntegrated }: AskedOfParameters,
): RowParameters {
  const { design, compiled } = fit;
  const slots = parameterSources(design, compiled.family);
  const isLeft = effects === "marginal" && isIntegrated;
  const hasEffects = (k: number) => design.predictors[k].randomTerms.length > 0;
  const column = isLeft ? slots.findIndex((slot) => slot.kind === "predictor" && hasEffects(slot.predictor)) : -1;
  const parameters = slots.map((slot, c): ParameterOfRows => {
    const { name } = slot;
    if (slot.kind !== "predictor") return scalarOfRows(fit, name, ensemble);
    const line = new RowPredictor(design, slot.predictor, rows, ensemble);
    // Effects of the parameters are independent, and so have streams of their own.
    const ownSeed = c === 0 ? `${seed}:dispersion` : `${seed}:${name}`;
    return {
      predictor(i, out) {
        line.fixed(i, out);
        if (effects === "conditional") line.addEffects(i, ownSeed, out);
        if (effects === "marginal" && c !== column) line.addNewEffects(i, ownSeed, out);
      },
      inverseLink: slot.link.inverseLink,
      variance: (i, out) => line.variance(i, out),
    };
  });
  const phi = new Float64Array(slots.length);
  const ownSd = compiled.family.dispersionIsSd === true && (rows.weights !== null || rows.errors !== null);
  const variance = parameters[column]?.variance ?? null;
  return {
    count: slots.length,
    predictors(i, out) {
      for (let c = 0; c < parameters.length; c++) parameters[c].predictor(i, out[c]);
    },
    mixed: variance === null ? null : { column, variance },
    at(i, predictors) {
      for (let c = 0; c < parameters.length; c++) phi[c] = parameters[c].inverseLink?.(predictors[c]) ?? predictors[c];
      if (ownSd) phi[0] = rowSd(phi[0], rows.weights?.[i] ?? 1, rows.errors?.[i] ?? 0);
      return phi;
    },
  };
}

/** A parameter that is one number for all rows; 1 where the model has none. */
function scalarOfRows({ design }: Fitted, name: string, ensemble: Ensemble): ParameterOfRows {
  const scalar = design.scalars.find(({ parameter }) => parameter === name);
  const values = scalar === undefined ? null : ensemble.parameter(name);
  const constant = values ?? new Float64Array(ensemble.size).fill(scalar?.fixed ?? 1);
  return { predictor: (_, out) => out.set(constant), inverseLink: null, variance: null };
}

/** Throws ModelError where new responses need trials or known errors and the rows have none. */
export function checkBeside(
  { ast, design: { response, scalars } }: Pick<ModelToFit, "ast" | "design">,
  { trials, weights, errors }: NewRows,
): void {
  const lacksTrials = trials === null && response.trials !== null;
  const isKnown = ast.response.additions.some(({ callee }) => callee.name === "se");
  const lacksErrors = isKnown && errors === null && (weights === null || scalars.length > 0);
  const what = lacksTrials ? "trials" : "standard errors";
  if (!lacksTrials && !lacksErrors) return;
  const code = lacksTrials ? "missing-trials" : "missing-errors";
  const hint = `give the column of the ${what} too`;
  throw new ModelError([errorAt(code, response.span, `new responses need their ${what}`, hint)], ast.source);
}
