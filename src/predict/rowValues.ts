import type { NewRows } from "../design/applyDesign.js";
import { createStream } from "../math/random/createStream.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import type { EffectsChoice, PredictionScale } from "../summary/Prediction.js";
import type { Ensemble } from "./Ensemble.js";
import type { Fitted } from "./Fitted.js";
import { marginalMean } from "./marginalMean.js";
import { RowPredictor } from "./RowPredictor.js";
import { refuseVaryingBounds } from "./refuseVaryingBounds.js";
import { checkBeside, rowParameters } from "./rowParameters.js";

/** What is predicted of each row, at each of the S values of an ensemble. */
export interface RowValues {
  at(i: number, out: Float64Array): void;
  /** The variance of the linear predictor for its random effects given all parameters, where an ensemble does not vary them; else 0. */
  variance(i: number): number;
  hasNewLevel(i: number): boolean;
}

export interface AskedOfRows {
  readonly effects: EffectsChoice;
  readonly scale: PredictionScale;
  readonly seed: string;
}

/** The values of rows; throws ModelError where new responses are asked for that need trials or known errors and the rows have none. */
export function rowValues(
  fit: Fitted,
  rows: NewRows,
  ensemble: Ensemble,
  { effects, scale, seed }: AskedOfRows,
): RowValues {
  const { design, compiled } = fit;
  const mean = new RowPredictor(design, 0, rows, ensemble);
  const { name: link, inverseLink } = compiled.meanLink;
  const overEffects = marginalMean(link);
  const variances = new Float64Array(ensemble.size);
  const isDrawn = ensemble.shift === null;
  const eta = (i: number, out: Float64Array) => {
    mean.fixed(i, out);
    if (effects === "conditional") mean.addEffects(i, isDrawn ? seed : null, out);
    if (effects === "marginal" && scale === "response") mean.addNewEffects(i, seed, out);
  };
  const simulate = scale === "response" ? simulation(fit, rows, ensemble, { effects, scale, seed }) : null;
  return {
    at(i, out) {
      eta(i, out);
      if (scale === "link") return;
      if (scale === "mean" && effects === "marginal") {
        mean.variance(i, variances);
        for (let s = 0; s < out.length; s++) out[s] = overEffects(out[s], variances[s]);
        return;
      }
      for (let s = 0; s < out.length; s++) out[s] = inverseLink(out[s]);
      simulate?.(i, out);
    },
    variance: (i) => (effects === "conditional" ? mean.conditionalVariance(i) : 0),
    hasNewLevel: (i) => mean.hasNewLevel(i),
  };
}

/** From means to new responses. */
function simulation(fit: Fitted, rows: NewRows, ensemble: Ensemble, { effects, seed }: AskedOfRows) {
  const { family } = fit.compiled;
  const { trials } = rows;
  refuseVaryingBounds(fit);
  checkBeside(fit, rows);
  const parameters = rowParameters(fit, rows, ensemble, { effects, seed, isIntegrated: false });
  const columns = Array.from({ length: parameters.count }, () => new Float64Array(ensemble.size));
  const psi = new Float64Array(parameters.count);
  return (i: number, means: Float64Array) => {
    const stream: RandomStream = createStream(`${seed}:response ${rows.rowIndex[i]}`, 1);
    parameters.predictors(i, columns);
    const size = trials?.[i] ?? 1;
    for (let s = 0; s < means.length; s++) {
      columns.forEach((column, c) => {
        psi[c] = column[s];
      });
      means[s] = family.simulate(stream, means[s], parameters.at(i, psi), size);
    }
  };
}
