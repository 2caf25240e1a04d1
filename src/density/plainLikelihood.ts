import type { ResponseDesign } from "../design/Design.js";
import type { Family, RowDerivatives, RowLikelihood } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import type { Likelihood, PredictorBuffers } from "./Likelihood.js";
import { crossX, crossZ, linearPredictor, predictorBuffers } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseRows } from "./responseRows.js";

/** What a row's density is made of: its family under the mean's link and, for a modelled dispersion, that one's link. */
export interface ResponseModel {
  readonly family: Family;
  readonly row: RowLikelihood;
  readonly meanLink: Link;
  readonly response: ResponseDesign;
  /** The rows of the response, by their number. */
  readonly rows: ResponseRows;
  /** The part of the log-likelihood that comes of scaling the rows (`scaledRows`); it is in `rows` too. */
  readonly constant: number;
  /** Null where the dispersion is a scalar or absent. */
  readonly dispersionLink: Link | null;
}

export function rowDerivatives(): RowDerivatives {
  return { value: 0, dEta: 0, dEta2: 0, dEta3: 0, dDispersion: 0, dEtaDispersion: 0, dEta2Dispersion: 0 };
}

/**
 * The likelihood in plain TypeScript, row by row: the oracle of the kernels, and what runs where there is no kernel
 * (a family without one, a dispersion with a predictor of its own). The first predictor's buffers are its own unless they are given.
 */
export function plainLikelihood(
  model: ResponseModel,
  data: readonly PredictorData[],
  scalar: number | null,
  first?: PredictorBuffers,
): Likelihood {
  const [mean, second] = data;
  const predictors = data.map((part, k) => (k === 0 && first !== undefined ? first : predictorBuffers(part)));
  const etas = data.map(({ rows }) => new Float64Array(rows));
  const scores = data.map(({ rows }) => new Float64Array(rows));
  const dispersion = new Float64Array(scalar === null ? 0 : 1).fill(scalar ?? 0);
  const dispersionGradient = new Float64Array(dispersion.length);
  const rows = second === undefined ? scalarRows : modelledRows;
  return {
    predictors,
    dispersion,
    dispersionGradient,
    evaluate() {
      data.forEach((part, k) => {
        linearPredictor(part, predictors[k].beta, predictors[k].effects, etas[k]);
      });
      dispersionGradient.fill(0);
      const value = rows(model, mean.rows, etas, scores, dispersion, dispersionGradient);
      data.forEach((part, k) => {
        backPropagate(part, scores[k], predictors[k]);
      });
      return value;
    },
  };
}

function backPropagate(data: PredictorData, score: Float64Array, buffers: PredictorBuffers): void {
  crossX(data, score, buffers.betaGradient);
  for (let f = 0; f < data.factors.length; f++) crossZ(data.factors[f], score, buffers.effectsGradient[f]);
}

type RowLoop = (
  model: ResponseModel,
  rows: number,
  etas: readonly Float64Array[],
  scores: readonly Float64Array[],
  dispersion: Float64Array,
  dispersionGradient: Float64Array,
) => number;

/** One dispersion for all rows, or none. */
const scalarRows: RowLoop = ({ rows: response }, rows, [eta], [score], dispersion, dispersionGradient) => {
  const out = rowDerivatives();
  const phi = dispersion.length > 0 ? dispersion[0] : 1;
  let total = 0;
  let dPhi = 0;
  for (let i = 0; i < rows; i++) {
    response.evaluate(i, eta[i], phi, 1, out);
    total += out.value;
    score[i] = out.dEta;
    dPhi += out.dDispersion;
  }
  if (dispersion.length > 0) dispersionGradient[0] = dPhi;
  return total;
};

/** A dispersion a row, from its own linear predictor. */
const modelledRows: RowLoop = ({ rows: response, dispersionLink: link }, rows, [eta, psi], [score, psiScore]) => {
  if (link === null) throw new RangeError("a modelled dispersion needs its link");
  const out = rowDerivatives();
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const phi = link.inverseLink(psi[i]);
    if (!(phi > 0)) return Number.NEGATIVE_INFINITY;
    response.evaluate(i, eta[i], phi, 1, out);
    total += out.value;
    score[i] = out.dEta;
    psiScore[i] = out.dDispersion * link.dMuDEta(psi[i]);
  }
  return total;
};
