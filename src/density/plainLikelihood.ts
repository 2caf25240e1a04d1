import type { ResponseDesign } from "../design/Design.js";
import type { Family, RowDerivatives, RowLikelihood } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import { newRowDerivatives } from "../family/rowLikelihoods.js";
import type { Likelihood, PredictorBuffers } from "./Likelihood.js";
import { crossX, crossZ, linearPredictor, predictorBuffers } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import { type ParameterSource, supportCheck } from "./parameterSources.js";
import type { ResponseRows } from "./responseRows.js";

/** What a row's density is made of: its family under the mean's link, and where the family's other parameters come from. */
export interface ResponseModel {
  readonly family: Family;
  readonly row: RowLikelihood;
  readonly meanLink: Link;
  readonly response: ResponseDesign;
  /** The rows of the response, by their number. */
  readonly rows: ResponseRows;
  /** The part of the log-likelihood that comes of scaling the rows (`scaledRows`); it is in `rows` too. */
  readonly constant: number;
  /** One an auxiliary parameter of the family. */
  readonly parameters: readonly ParameterSource[];
}

/** What derivatives of a row of the model are written into. */
export function rowDerivatives({ parameters }: Pick<ResponseModel, "parameters">): RowDerivatives {
  return newRowDerivatives(parameters.length);
}

/**
 * The likelihood in plain TypeScript, row by row: the oracle of the kernels, and what runs where there is no kernel
 * (a family without one, a parameter with a predictor of its own). The first predictor's buffers are its own unless they are given.
 */
export function plainLikelihood(
  model: ResponseModel,
  data: readonly PredictorData[],
  first?: PredictorBuffers,
): Likelihood {
  const predictors = data.map((part, k) => (k === 0 && first !== undefined ? first : predictorBuffers(part)));
  const etas = data.map(({ rows }) => new Float64Array(rows));
  const scores = data.map(({ rows }) => new Float64Array(rows));
  const free = model.parameters.filter(({ kind }) => kind === "scalar").length;
  const [scalars, scalarsGradient] = [new Float64Array(free), new Float64Array(free)];
  const rows = rowLoop(model, etas, scores, scalars, scalarsGradient);
  return {
    predictors,
    scalars,
    scalarsGradient,
    evaluate() {
      data.forEach((part, k) => {
        linearPredictor(part, predictors[k].beta, predictors[k].effects, etas[k]);
      });
      const value = rows();
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

/** All rows at the linear predictors and scalars that stand in the buffers: fills their derivatives, returns the log-likelihood. */
function rowLoop(
  { rows: response, parameters }: ResponseModel,
  etas: readonly Float64Array[],
  scores: readonly Float64Array[],
  scalars: Float64Array,
  scalarsGradient: Float64Array,
): () => number {
  const out = newRowDerivatives(parameters.length);
  const phi = new Float64Array(parameters.length);
  const isInside = supportCheck(parameters);
  const [eta] = etas;
  const [score] = scores;
  const read = (i: number) => {
    for (let k = 0; k < parameters.length; k++) {
      const source = parameters[k];
      if (source.kind === "predictor") phi[k] = source.link.inverseLink(etas[source.predictor][i]);
      else phi[k] = source.kind === "scalar" ? scalars[source.index] : source.value;
    }
  };
  const chain = (i: number) => {
    for (let k = 0; k < parameters.length; k++) {
      const source = parameters[k];
      if (source.kind === "predictor")
        scores[source.predictor][i] = out.dPhi[k] * source.link.dMuDEta(etas[source.predictor][i]);
      else if (source.kind === "scalar") scalarsGradient[source.index] += out.dPhi[k];
    }
  };
  return () => {
    scalarsGradient.fill(0);
    let total = 0;
    for (let i = 0; i < eta.length; i++) {
      read(i);
      if (!isInside(phi)) return Number.NEGATIVE_INFINITY;
      response.evaluate(i, eta[i], phi, 1, out);
      total += out.value;
      score[i] = out.dEta;
      chain(i);
    }
    return total;
  };
}
