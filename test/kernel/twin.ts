import erfcx from "@stdlib/math-base-special-erfcx";
import type { KernelModel } from "../../src/kernel/KernelModel.js";

/** A sum, and the sum of the absolute values of its terms, which says what its rounding errors are relative to. */
export interface Total {
  value: number;
  scale: number;
}

/** The plain likelihood of a model, one row after the other. */
export interface TwinResult {
  readonly logLikelihood: Total;
  readonly dispersion: Total;
  readonly beta: readonly Total[];
  readonly effects: readonly (readonly Total[])[];
}

/** The terms of a row's log-likelihood, of its derivative in eta and of that in the dispersion. */
interface Row {
  readonly value: readonly number[];
  readonly score: readonly number[];
  readonly dispersion?: readonly number[];
}

type RowFunction = (y: number, eta: number, dispersion: number, size: number) => Row;

/** Log probabilities of success and failure, and their derivatives in eta. */
interface Outcomes {
  readonly logP: number;
  readonly logQ: number;
  readonly dLogP: number;
  readonly dLogQ: number;
}

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const logistic = (x: number) => (x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

function logit(eta: number): Outcomes {
  return { logP: -softplus(-eta), logQ: -softplus(eta), dLogP: logistic(-eta), dLogQ: -logistic(eta) };
}

/** erfc(x) for x >= 0 */
const erfc = (x: number) => Math.exp(-x * x) * erfcx(x);

function logPhi(t: number): number {
  return t < 0 ? Math.log(erfcx(-t * Math.SQRT1_2) / 2) - (t * t) / 2 : Math.log1p(-erfc(t * Math.SQRT1_2) / 2);
}

/** phi(t) / Phi(t) */
function inverseMills(t: number): number {
  const densityAtZero = 1 / Math.sqrt(2 * Math.PI);
  if (t < 0) return (2 * densityAtZero) / erfcx(-t * Math.SQRT1_2);
  return (densityAtZero * Math.exp((-t * t) / 2)) / (1 - erfc(t * Math.SQRT1_2) / 2);
}

function probit(eta: number): Outcomes {
  return { logP: logPhi(eta), logQ: logPhi(-eta), dLogP: inverseMills(eta), dLogQ: -inverseMills(-eta) };
}

function cloglog(eta: number): Outcomes {
  const mu = Math.exp(eta);
  const hazard = mu > 800 ? 0 : mu / Math.expm1(mu);
  const logP = mu > Math.LN2 ? Math.log1p(-Math.exp(-mu)) : Math.log(-Math.expm1(-mu));
  return { logP: eta < -40 ? eta : logP, logQ: -mu, dLogP: eta < -40 ? 1 : hazard, dLogQ: -mu };
}

const bernoulli =
  (outcomes: (eta: number) => Outcomes): RowFunction =>
  (y, eta) => {
    const { logP, logQ, dLogP, dLogQ } = outcomes(eta);
    return { value: [y === 1 ? logP : logQ], score: [y === 1 ? dLogP : dLogQ] };
  };

const binomial =
  (outcomes: (eta: number) => Outcomes): RowFunction =>
  (y, eta, _, size) => {
    const { logP, logQ, dLogP, dLogQ } = outcomes(eta);
    const weighted = (p: number, q: number) => [y === 0 ? 0 : y * p, size === y ? 0 : (size - y) * q];
    return { value: weighted(logP, logQ), score: weighted(dLogP, dLogQ) };
  };

const rowFunctions: Readonly<Record<string, RowFunction>> = {
  "normal-identity": (y, eta, sigma) => {
    const z = (y - eta) / sigma;
    return { value: [(-z * z) / 2], score: [y / sigma ** 2, -eta / sigma ** 2], dispersion: [(z * z) / sigma] };
  },
  "bernoulli-logit": bernoulli(logit),
  "bernoulli-probit": bernoulli(probit),
  "bernoulli-cloglog": bernoulli(cloglog),
  "binomial-logit": binomial(logit),
  "binomial-probit": binomial(probit),
  "binomial-cloglog": binomial(cloglog),
  "poisson-log": (y, eta) => ({ value: [y * eta, -Math.exp(eta)], score: [y, -Math.exp(eta)] }),
  "negative_binomial-log": (y, eta, phi) => {
    const log1pRatio = softplus(eta - Math.log(phi));
    const fraction = logistic(eta - Math.log(phi));
    return {
      value: [y * eta, -(y + phi) * log1pRatio],
      score: [y, -(y + phi) * fraction],
      dispersion: [-log1pRatio, ((y + phi) * fraction) / phi],
    };
  },
};

const zero = (): Total => ({ value: 0, scale: 0 });

function add(total: Total, terms: readonly number[], factor = 1): void {
  for (const term of terms) {
    total.value += factor * term;
    total.scale += Math.abs(factor * term);
  }
}

export function twin(
  model: KernelModel,
  beta: Float64Array,
  effects: readonly Float64Array[],
  dispersion: number,
): TwinResult {
  const result = {
    logLikelihood: zero(),
    dispersion: zero(),
    beta: [...beta].map(zero),
    effects: effects.map((b) => [...b].map(zero)),
  };
  for (let i = 0; i < model.rows; i++) {
    const covariates = rowCovariates(model, i);
    let eta = model.offset?.[i] ?? 0;
    covariates.fixed.forEach((x, j) => {
      eta += x * beta[j];
    });
    for (const { factor, index, z } of covariates.random) eta += z * effects[factor][index];
    const row = rowFunctions[model.kernel](model.response[i], eta, dispersion, model.trials?.[i] ?? 1);
    add(result.logLikelihood, row.value);
    add(result.dispersion, row.dispersion ?? []);
    covariates.fixed.forEach((x, j) => {
      add(result.beta[j], row.score, x);
    });
    for (const { factor, index, z } of covariates.random) add(result.effects[factor][index], row.score, z);
  }
  return result;
}

function rowCovariates(model: KernelModel, i: number) {
  const fixed = Array.from({ length: model.columns }, (_, j) => model.X[j * model.rows + i]);
  const random = model.factors.flatMap(({ effects, levelIndex, Z }, factor) =>
    Array.from({ length: effects }, (_, k) => ({
      factor,
      index: levelIndex[i] * effects + k,
      z: Z === null ? 1 : Z[k * model.rows + i],
    })),
  );
  return { fixed, random };
}
