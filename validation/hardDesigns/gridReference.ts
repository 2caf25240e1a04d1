import type { HardDesign } from "./designs.js";
import type { ReferenceNumbers } from "./reference.js";

/*
 * The posterior of random intercepts alone, integrated on a grid of (intercept, log sd, log sigma) with each level's effect integrated by the
 * trapezoidal rule: nothing of the engines under test is used. Priors: normal on the intercept, inverse gamma on the sd, exponential(1) on sigma.
 */

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/** Of log sd and of log sigma; that of the intercept is in units of the prior's sd. */
const LOG_SD: Axis = { from: Math.log(1e-5), to: Math.log(60), points: 400 };
const LOG_SIGMA: Axis = { from: Math.log(0.2), to: Math.log(5), points: 61 };
const INTERCEPT: Axis = { from: -2, to: 2, points: 201 };
/** Of the effect, in units of its sd; a likelihood narrower than that has its own units. */
const NODES = 61;
const REACH = 7;

/** On a grid with `share` of the points. Throws RangeError for a model that is not of this kind. */
export function gridReference({ text, columns }: HardDesign, share = 1): ReferenceNumbers[] {
  const grid = ({ from, to, points }: Axis) => evenly(from, to, Math.round(share * points));
  const prior = /sd ~ inverse_gamma\((.*), (.*)\)/.exec(text);
  const ofIntercept = /intercept ~ normal\(0, (.*)\)/.exec(text);
  if (prior === null || ofIntercept === null) throw new RangeError("a model of random intercepts and its priors");
  const [shape, rate] = [Number(prior[1]), Number(prior[2])];
  const sdOfIntercept = Number(ofIntercept[1]);
  const isNormal = text.includes("normal(mu, sigma)");
  const levels = levelsOf(columns);
  const [logSds, intercepts] = [grid(LOG_SD), grid(INTERCEPT).map((units) => units * sdOfIntercept)];
  const sigmas = isNormal ? grid(LOG_SIGMA).map(Math.exp) : [1];
  const marginal = isNormal ? normalMarginal : discreteMarginal(text, levels);
  const axes = [intercepts, logSds, sigmas];
  const cell = (i: number, s: number, k: number) => (i * logSds.length + s) * sigmas.length + k;
  const logDensities = new Float64Array(intercepts.length * logSds.length * sigmas.length);
  intercepts.forEach((intercept, i) => {
    logSds.forEach((logSd, s) => {
      const sd = Math.exp(logSd);
      const logPrior = -0.5 * (intercept / sdOfIntercept) ** 2 - shape * logSd - rate / sd;
      sigmas.forEach((sigma, k) => {
        const logPriorOfSigma = isNormal ? Math.log(sigma) - sigma : 0;
        const ofLevels = levels.reduce((total, y) => total + marginal(y, intercept, sd, sigma), 0);
        logDensities[cell(i, s, k)] = logPrior + logPriorOfSigma + ofLevels;
      });
    });
  });
  const largest = logDensities.reduce((a, b) => Math.max(a, b));
  const masses = axes.map((axis) => new Float64Array(axis.length));
  intercepts.forEach((_, i) => {
    logSds.forEach((_, s) => {
      sigmas.forEach((_, k) => {
        const mass = Math.exp(logDensities[cell(i, s, k)] - largest);
        [i, s, k].forEach((at, axis) => {
          masses[axis][at] += mass;
        });
      });
    });
  });
  return [
    numbers("beta[Intercept]", intercepts, masses[0]),
    numbers("sd[g, Intercept]", logSds, masses[1], Math.exp),
    ...(isNormal ? [numbers("sigma", sigmas.map(Math.log), masses[2], Math.exp)] : []),
  ];
}

function evenly(from: number, to: number, points: number): number[] {
  return Array.from({ length: points }, (_, k) => from + ((to - from) * k) / (points - 1));
}

function levelsOf({ g, y }: HardDesign["columns"]): number[][] {
  const levels = new Map<number | string, number[]>();
  g.forEach((level, row) => {
    levels.set(level, [...(levels.get(level) ?? []), Number(y[row])]);
  });
  return [...levels.values()];
}

/** Integrals of levels whose totals agree are the same, and computed once. */
function discreteMarginal(text: string, levels: readonly (readonly number[])[]) {
  const known = new Map<string, number>();
  const isCount = text.includes("poisson");
  if (new Set(levels.map(({ length }) => length)).size > 1) throw new RangeError("all levels have as many rows");
  return (y: readonly number[], intercept: number, sd: number): number => {
    const total = y.reduce((a, b) => a + b, 0);
    const key = `${total} ${intercept} ${sd}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size > levels.length) known.clear();
    const value = logIntegral(
      (eta) => total * eta - y.length * (isCount ? Math.exp(eta) : Math.log1p(Math.exp(eta))),
      intercept,
      sd,
    );
    known.set(key, value);
    return value;
  };
}

/** Of a level's responses: their mean is normal(intercept, sd^2 + sigma^2 / n). */
function normalMarginal(y: readonly number[], intercept: number, sd: number, sigma: number): number {
  const n = y.length;
  const mean = y.reduce((a, b) => a + b, 0) / n;
  const within = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = sd * sd + (sigma * sigma) / n;
  return (
    -(n - 1) * Math.log(sigma) -
    (0.5 * within) / sigma ** 2 -
    0.5 * Math.log(variance) -
    (0.5 * (mean - intercept) ** 2) / variance
  );
}

/** Of likelihood times normal(0, sd) over the effect, about the maximum of the product, which is log-concave. */
function logIntegral(likelihood: (eta: number) => number, intercept: number, sd: number): number {
  const logProduct = (x: number) => likelihood(intercept + sd * x) - 0.5 * x * x;
  let [low, high] = [-REACH, REACH];
  for (let k = 0; k < 45; k++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (logProduct(a) < logProduct(b)) low = a;
    else high = b;
  }
  const mode = (low + high) / 2;
  const top = logProduct(mode);
  const step = 1e-3;
  const curvature = -(logProduct(mode + step) - 2 * top + logProduct(mode - step)) / step ** 2;
  const unit = (2 * REACH) / (NODES - 1) / Math.sqrt(Math.max(1, curvature));
  let total = 0;
  for (let k = -(NODES - 1); k <= NODES - 1; k++) total += Math.exp(logProduct(mode + k * unit) - top);
  return top + Math.log(total * unit);
}

/** Of values at even distances, each on its own scale by `from`; quantiles by the distribution function, a straight line within a cell. */
function numbers(
  name: string,
  places: readonly number[],
  unscaled: Float64Array,
  from: (place: number) => number = (place) => place,
): ReferenceNumbers {
  const total = unscaled.reduce((a, b) => a + b, 0);
  const masses = unscaled.map((mass) => mass / total);
  const mean = places.reduce((sum, place, k) => sum + masses[k] * from(place), 0);
  const variance = places.reduce((sum, place, k) => sum + masses[k] * (from(place) - mean) ** 2, 0);
  const width = places[1] - places[0];
  const quantile = (probability: number) => {
    let below = 0;
    for (const [k, place] of places.entries()) {
      if (below + masses[k] >= probability) return from(place + width * ((probability - below) / masses[k] - 0.5));
      below += masses[k];
    }
    return from(places[places.length - 1]);
  };
  return { name, mean, sd: Math.sqrt(variance), q5: quantile(0.05), q95: quantile(0.95), errors: [0, 0, 0, 0] };
}
