import { rowSd } from "../density/responseRows.js";
import type { NewRows } from "../design/applyDesign.js";
import { linkNamed } from "../family/links.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import type { EffectsChoice } from "../summary/Prediction.js";
import type { Ensemble } from "./Ensemble.js";
import type { Fitted } from "./Fitted.js";
import { RowPredictor } from "./RowPredictor.js";

/** The dispersion of rows at each of the S values of an ensemble, by a predictor that it is a function of. */
export interface RowDispersion {
  /** Fills in the predictor of row i: of a line of its own, else the dispersion itself, or 1 where the family has none. */
  predictor(i: number, out: Float64Array): void;
  /** The variance of the predictor's random effects that are yet to be integrated over; null where it has none. */
  readonly variance: ((i: number, out: Float64Array) => void) | null;
  /** The dispersion of row i with such a predictor, its precision weight and known error included. */
  at(i: number, predictor: number): number;
}

export interface AskedOfDispersion {
  readonly effects: EffectsChoice;
  readonly seed: string;
  /** Whether effects that are "marginal" are left to be integrated over, and not drawn anew for each row. */
  readonly isIntegrated: boolean;
}

/** The dispersion of new responses. Throws ModelError where a response needs trials or known errors and the rows have none. */
export function rowDispersion(
  fit: Fitted,
  rows: NewRows,
  ensemble: Ensemble,
  { effects, seed, isIntegrated }: AskedOfDispersion,
): RowDispersion {
  const { design, compiled } = fit;
  checkBeside(fit, rows);
  const { weights, errors } = rows;
  const ofRow =
    compiled.family.dispersionIsSd === true && (weights !== null || errors !== null)
      ? (i: number, dispersion: number) => rowSd(dispersion, weights?.[i] ?? 1, errors?.[i] ?? 0)
      : (_: number, dispersion: number) => dispersion;
  if (design.predictors.length > 1) {
    const line = new RowPredictor(design, 1, rows, ensemble);
    const { inverseLink } = linkNamed(design.predictors[1].link);
    // Effects of the mean and of the dispersion are independent, and so have streams of their own.
    const ownSeed = `${seed}:dispersion`;
    const hasEffects = design.predictors[1].randomTerms.length > 0;
    return {
      predictor(i, out) {
        line.fixed(i, out);
        if (effects === "conditional") line.addEffects(i, ownSeed, out);
        if (effects === "marginal" && !isIntegrated) line.addNewEffects(i, ownSeed, out);
      },
      variance: effects === "marginal" && isIntegrated && hasEffects ? (i, out) => line.variance(i, out) : null,
      at: (i, predictor) => ofRow(i, inverseLink(predictor)),
    };
  }
  const scalar = design.scalars.at(0);
  const values = scalar === undefined ? null : ensemble.parameter(scalar.parameter);
  const constant = values ?? new Float64Array(ensemble.size).fill(scalar?.fixed ?? 1);
  return { predictor: (_, out) => out.set(constant), variance: null, at: ofRow };
}

/** Throws ModelError where the response of a row cannot be known without what the table has not. */
export function checkBeside(
  { ast, design: { response, scalars } }: Pick<Fitted, "ast" | "design">,
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
