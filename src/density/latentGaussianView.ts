import type { Design } from "../design/Design.js";
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
import { type Dispersion, modelledDispersion, scalarDispersion } from "./latentDispersion.js";
import { levelIntegrals } from "./levelIntegrals.js";
import { addZb, crossRows, crossX, crossZ, shiftRows } from "./linearPredictor.js";
import type { FactorData, PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";
import { chainPrecision, precision } from "./precision.js";
import { heldCovariances, parameterKinds, quantities, writeParameters } from "./quantities.js";
import type { RowRange, RowTable } from "./RowTable.js";
import type { ModelPriors, PredictorPriors } from "./resolvePriors.js";
import { rowDistributions } from "./rowDistributions.js";
import { chainSplit, splitLambda } from "./TermCovariance.js";

/**
 * See `LatentGaussian`. `scalar` is the scalar dispersion's fixed or start value, null where the model has none; `kernel` serves
 * quadrature.
 */
export function latentGaussianView(
  design: Design,
  response: ResponseModel,
  data: readonly PredictorData[],
  priors: ModelPriors,
  scalar: number | null,
  kernel: FamilyKernel | undefined,
): { readonly view: LatentGaussian } | { readonly refusal: string } {
  const second = data.at(1);
  if (second !== undefined && second.factors.length > 0)
    return {
      refusal: `random effects on ${design.predictors[1].parameter} are not Gaussian effects on the mean predictor`,
    };
  const [mean] = data;
  const hyper = hyperparameters(priors);
  const dispersion =
    second === undefined ? scalarDispersion(hyper, scalar) : modelledDispersion(hyper, response, second);
  const pairs = pairPatterns(mean.factors);
  const thetaSize = hyper.size - mean.columns - dispersion.size;
  return {
    view: {
      rows: design.rows,
      sizes: { beta: mean.columns, theta: thetaSize, dispersion: dispersion.size },
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
      isGaussian: isGaussian(response, second),
      gaussianConstant: response.constant,
      hasLikelihoodWeights: design.response.weights !== null && design.response.weighting === "likelihood",
      dispersionLimit: response.family.limit ?? null,
      conditional: conditionalResponse(response, design.predictors[0].link),
      pairs,
      ...buffers(mean, dispersion.size, pairs),
      ...hyperOperations(hyper, mean, dispersion),
      supports: supports(priors, mean),
      ...evaluateRows(kernel, response, mean, dispersion),
      ...rowDistributions(response, dispersion),
      ...accumulations(mean, dispersion, pairs),
      levelIntegrals: (layout) => levelIntegrals(kernel, response, mean, dispersion, layout),
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
  const [mean, second] = predictors;
  return {
    beta: coefficients(mean),
    sds: factors.map(({ terms }) => terms.flatMap((t) => mean.terms[t].sds.map((prior) => prior?.density ?? positive))),
    dispersion: second === undefined ? scalars.map(({ density }) => density) : coefficients(second),
  };
}

const positive = { lower: 0, upper: Infinity };

function structureOf(factors: readonly FactorData[]): LatentGaussian["structure"] {
  if (factors.length < 2) return factors.length === 0 ? "none" : "single";
  const parents = factors.map(({ parent }) => parent?.factor ?? -1);
  return new Set(parents).size === factors.length ? "nested" : "crossed";
}

/** Known errors beside sigma make the variances of rows differ by more than a factor. */
function isGaussian({ family, meanLink, response }: ResponseModel, second: PredictorData | undefined): boolean {
  const isNormal = family.isNormal === true && meanLink.name === "identity";
  return isNormal && second === undefined && response.weights === null && response.errors === null;
}

function conditionalResponse({ family, response }: ResponseModel, link: string): LatentGaussian["conditional"] {
  const kind = family.conditional?.[link];
  return kind === undefined ? null : { kind, values: response.values, trials: response.trials };
}

function buffers(mean: PredictorData, r: number, pairs: readonly PairPattern[]) {
  return {
    values: (): LatentValues => ({
      beta: new Float64Array(mean.columns),
      Lambda: mean.factors.map(({ effects: q }) => new Float64Array(q * q)),
      dispersion: new Float64Array(r),
    }),
    rowTable: (): RowTable => {
      const column = () => new Float64Array(mean.rows);
      return {
        eta: column(),
        psi: column(),
        value: column(),
        dEta: column(),
        dEta2: column(),
        dEta3: column(),
        dPsi: column(),
        dEtaPsi: column(),
        dEta2Psi: column(),
      };
    },
    crossProducts: () => crossProductBuffers(mean, pairs),
  };
}

function hyperOperations(hyper: Hyperparameters, mean: PredictorData, dispersion: Dispersion) {
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
    dispersion.values.set(values.dispersion);
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
      addScaled(gradients.dispersion, 1, dispersion.gradients);
      blocks(gradients.Lambda, (from, to, matrix, t) => {
        matrix[to] += terms[t].LambdaGradient[from];
      });
      return value;
    },
    read(position: Float64Array, values: LatentValues) {
      const logs = hyper.read(position);
      values.beta.set(beta);
      values.dispersion.set(dispersion.values);
      blocks(values.Lambda, (from, to, matrix, t) => {
        matrix[to] = terms[t].Lambda[from];
      });
      return logs;
    },
    chain(gradients: LatentValues, include: { prior: boolean; jacobian: boolean }, gradient: Float64Array): void {
      betaGradient.set(gradients.beta);
      dispersion.gradients.set(gradients.dispersion);
      blocks(gradients.Lambda, (to, from, matrix, t) => {
        terms[t].LambdaGradient[to] = matrix[from];
      });
      hyper.chain(gradient, include);
    },
  };
}

function accumulations(mean: PredictorData, dispersion: Dispersion, pairs: readonly PairPattern[]) {
  return {
    crossBeta: (s: Float64Array, out: Float64Array) => crossX(mean, s, out),
    crossEffects: (factor: number, s: Float64Array, out: Float64Array) => crossZ(mean.factors[factor], s, out),
    crossDispersion: (s: Float64Array, out: Float64Array) => dispersion.cross(s, out),
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
