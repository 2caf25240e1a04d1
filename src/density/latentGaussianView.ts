import { type Design, isCut } from "../design/Design.js";
import { predictorName } from "../design/predictorName.js";
import type { FamilyKernel } from "../family/Family.js";
import { addScaled } from "../math/linalg/triangularFactor.js";
import {
  accumulate,
  accumulateEffects,
  crossProductBuffers,
  type PairPattern,
  pairPatterns,
  rowForms,
  rowProducts,
} from "./crossProducts.js";
import { evaluateRows } from "./evaluateRows.js";
import { factorIntegral } from "./factorIntegral.js";
import { type Hyperparameters, hyperparameters } from "./Hyperparameters.js";
import type { EffectOfFactor, EffectsBlocks, LatentGaussian, LatentSupports } from "./LatentGaussian.js";
import type { LatentValues } from "./LatentValues.js";
import { levelIntegrals } from "./levelIntegrals.js";
import { addZb, crossRows, crossX, crossZ, shiftRows } from "./linearPredictor.js";
import type { FactorData, PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";
import { chainPrecision, precision } from "./precision.js";
import { heldCovariances, parameterKinds, quantities, writeParameters } from "./quantities.js";
import type { RowRange, RowTable } from "./RowTable.js";
import type { ModelPriors, PredictorPriors } from "./resolvePriors.js";
import { rowDistributions } from "./rowDistributions.js";
import { type RowParameters, rowParameters } from "./rowParameters.js";
import { chainSplit, splitLambda } from "./TermCovariance.js";

/**
 * See `LatentGaussian`. `kernel` serves quadrature.
 */
export function latentGaussianView(
  design: Design,
  response: ResponseModel,
  data: readonly PredictorData[],
  priors: ModelPriors,
  kernel: FamilyKernel | undefined,
): { readonly view: LatentGaussian } | { readonly refusal: string } {
  const other = data.findIndex(({ factors }, k) => k > 0 && factors.length > 0);
  if (other > 0)
    return {
      refusal: `random effects on ${predictorName(design.predictors[other])} are not Gaussian effects on the mean predictor`,
    };
  const [mean] = data;
  const hyper = hyperparameters(priors);
  const parameters = rowParameters(response.parameters, hyper, data);
  const pairs = pairPatterns(mean.factors);
  const thetaSize = hyper.size - mean.columns - parameters.size;
  return {
    view: {
      rows: design.rows,
      sizes: { beta: mean.columns, theta: thetaSize, dispersion: parameters.size },
      factors: mean.factors.map((factor) => ({
        name: factor.name,
        levels: factor.levels,
        effects: factor.effects,
        terms: factor.terms.map((t) => design.predictors[0].randomTerms[t].coefficients.length),
        held: factor.terms.map((t) => priors.predictors[0].terms[t].held),
        levelIndex: factor.levelIndex,
        parent: factor.parent,
      })),
      structure: structureOf(mean.factors),
      isGaussian: isGaussian(response),
      gaussianConstant: response.constant,
      hasLikelihoodWeights: design.response.weights !== null && design.response.weighting === "likelihood",
      dispersionLimit: response.family.limit ?? null,
      conditional: conditionalResponse(response, design.predictors[0].link),
      pairs,
      ...buffers(mean, parameters, pairs),
      ...hyperOperations(hyper, mean, parameters),
      supports: supports(priors, mean),
      ...evaluateRows(kernel, response, mean, parameters),
      ...rowDistributions(response, parameters),
      ...accumulations(mean, parameters, pairs),
      levelIntegrals: (layout) => levelIntegrals(kernel, response, mean, parameters, layout),
      factorIntegral: factorIntegral(kernel, response, mean),
      precision,
      chainPrecision,
      quantities: quantities(design),
      parameterKinds: parameterKinds(design),
      heldCovariances: heldCovariances(design),
      writeDraw(b, draw) {
        let at = writeParameters(design, priors, hyper, draw);
        for (const effects of b) {
          draw.set(effects, at);
          at += effects.length;
        }
      },
    },
  };
}

function supports({ predictors, scalars }: ModelPriors, { factors }: PredictorData): LatentSupports {
  const coefficients = ({ intercept, coefficients: slopes }: PredictorPriors) =>
    slopes.flatMap((slope) => (slope ?? intercept?.prior)?.density ?? []);
  const [mean, ...others] = predictors;
  return {
    beta: coefficients(mean),
    sds: factors.map(({ terms }) => terms.flatMap((t) => mean.terms[t].sds.map((prior) => prior?.density ?? positive))),
    dispersion: [...others.flatMap(coefficients), ...scalars.map(({ density }) => density)],
  };
}

const positive = { lower: 0, upper: Infinity };

function structureOf(factors: readonly FactorData[]): LatentGaussian["structure"] {
  if (factors.length < 2) return factors.length === 0 ? "none" : "single";
  const parents = factors.map(({ parent }) => parent?.factor ?? -1);
  return new Set(parents).size === factors.length ? "nested" : "crossed";
}

/** Known errors beside sigma make the variances of rows differ by more than a factor. */
function isGaussian({ family, meanLink, response, parameters }: ResponseModel): boolean {
  const isNormal = family.isNormal === true && meanLink.name === "identity";
  const isCommon = parameters.every(({ kind }) => kind !== "predictor");
  return isNormal && isCommon && response.weights === null && response.errors === null && !isCut(response);
}

function conditionalResponse({ family, response }: ResponseModel, link: string): LatentGaussian["conditional"] {
  const kind = family.conditional?.[link];
  return kind === undefined || isCut(response) ? null : { kind, values: response.values, trials: response.trials };
}

function buffers(mean: PredictorData, { size, count }: RowParameters, pairs: readonly PairPattern[]) {
  return {
    values: (): LatentValues => ({
      beta: new Float64Array(mean.columns),
      Lambda: mean.factors.map(({ effects: q }) => new Float64Array(q * q)),
      dispersion: new Float64Array(size),
    }),
    rowTable: (): RowTable => {
      const column = () => new Float64Array(mean.rows);
      const columns = () => Array.from({ length: count }, column);
      return {
        eta: column(),
        psi: columns(),
        value: column(),
        dEta: column(),
        dEta2: column(),
        dEta3: column(),
        dPsi: columns(),
        dEtaPsi: columns(),
        dEta2Psi: columns(),
      };
    },
    crossProducts: () => crossProductBuffers(mean, pairs),
  };
}

function hyperOperations(hyper: Hyperparameters, mean: PredictorData, { parts }: RowParameters) {
  const { beta, betaGradient, terms } = hyper.predictors[0];
  /** Visits the entries of each term's block in its factor's block-diagonal matrix. */
  function blocks(
    matrices: readonly Float64Array[],
    visit: (block: number, at: number, matrix: Float64Array, term: number) => void,
  ): void {
    mean.factors.forEach(({ effects: q, terms: members, termStart }, f) => {
      members.forEach((t, k) => {
        const { size } = terms[t];
        for (let r = 0; r < size; r++)
          for (let c = 0; c <= r; c++) visit(r * size + c, (termStart[k] + r) * q + termStart[k] + c, matrices[f], t);
      });
    });
  }
  function place(values: LatentValues): void {
    beta.set(values.beta);
    for (const { at, values: own } of parts) own.set(values.dispersion.subarray(at, at + own.length));
    blocks(values.Lambda, (to, from, matrix, t) => {
      terms[t].Lambda[to] = matrix[from];
    });
    terms.forEach(splitLambda);
  }
  return {
    place,
    logPrior(values: LatentValues, gradients: LatentValues | null): number {
      place(values);
      const value = hyper.logPrior();
      if (gradients === null || !Number.isFinite(value)) return value;
      hyper.priorGradient();
      terms.forEach(chainSplit);
      addScaled(gradients.beta, 1, betaGradient);
      for (const { at, gradients: own } of parts) addScaled(gradients.dispersion.subarray(at, at + own.length), 1, own);
      blocks(gradients.Lambda, (from, to, matrix, t) => {
        matrix[to] += terms[t].LambdaGradient[from];
      });
      return value;
    },
    read(position: Float64Array, values: LatentValues) {
      const logs = hyper.read(position);
      values.beta.set(beta);
      for (const { at, values: own } of parts) values.dispersion.set(own, at);
      blocks(values.Lambda, (from, to, matrix, t) => {
        matrix[to] = terms[t].Lambda[from];
      });
      return logs;
    },
    chain(gradients: LatentValues, include: { prior: boolean; jacobian: boolean }, gradient: Float64Array): void {
      betaGradient.set(gradients.beta);
      for (const { at, gradients: own } of parts) own.set(gradients.dispersion.subarray(at, at + own.length));
      blocks(gradients.Lambda, (to, from, matrix, t) => {
        terms[t].LambdaGradient[to] = matrix[from];
      });
      hyper.chain(gradient, include);
    },
  };
}

function accumulations(mean: PredictorData, parameters: RowParameters, pairs: readonly PairPattern[]) {
  return {
    crossBeta: (s: Float64Array, out: Float64Array) => crossX(mean, s, out),
    crossEffects: (factor: number, s: Float64Array, out: Float64Array) => crossZ(mean.factors[factor], s, out),
    crossDispersion: (s: readonly Float64Array[], out: Float64Array) => parameters.cross(s, out),
    accumulate: (w: Float64Array, out: ReturnType<LatentGaussian["crossProducts"]>) => accumulate(mean, pairs, w, out),
    accumulateEffects: (w: Float64Array, out: EffectsBlocks) => accumulateEffects(mean.factors, pairs, w, out),
    rowForms: (B: EffectsBlocks, out: Float64Array) => rowForms(mean.factors, pairs, B, out),
    rowProducts: (B: EffectsBlocks, of: EffectOfFactor, out: Float64Array) =>
      rowProducts(mean.factors, pairs, B, of, out),
    shiftRows: (range: RowRange, shift: Float64Array, from: Float64Array, to: Float64Array) =>
      shiftRows(mean.factors[range.factor], range, shift, from, to),
    crossRows: (range: RowRange, s: Float64Array, out: Float64Array) =>
      crossRows(mean.factors[range.factor], range, s, out),
    predictEffects(b: readonly Float64Array[], out: Float64Array): void {
      out.fill(0);
      mean.factors.forEach((factor, f) => {
        addZb(factor, b[f], out);
      });
    },
  };
}
