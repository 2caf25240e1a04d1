import { describe, expect, it } from "vitest";
import { RowMixture } from "../../../src/engine/inla/RowMixture.js";
import { RowPredictives } from "../../../src/engine/inla/rowPredictives.js";
import { newRowDerivatives } from "../../../src/family/rowLikelihoods.js";
import { EffectsGivenParameters } from "../../../src/marginal/effects/EffectsGivenParameters.js";
import { familyNamed, hasTrials } from "../../family/support.js";
import { viewOf } from "../ml/models.js";

const data = {
  count: [2, 1, 4, 6, 0, 1],
  won: [0, 1, 1, 1, 0, 0],
  share: [1, 2, 4, 5, 0, 2],
  size: [5, 5, 5, 5, 5, 5],
  y: [0.2, 0.9, 1.4, 1.9, -0.3, 0.1],
  g: [..."aabbcc"],
};

/** A family's rows in one column of the data. */
interface Case {
  readonly family: string;
  readonly text: string;
  readonly column: "count" | "won" | "share" | "y";
  readonly mean: (eta: number) => number;
  readonly link: string;
  /** The parameters besides the mean. */
  readonly phi: readonly number[];
}

const logistic = (eta: number) => 1 / (1 + Math.exp(-eta));
const cases: readonly Case[] = [
  {
    family: "normal",
    text: "y ~ normal(mu, 0.5)\nmu = 1 + (1 | g)",
    column: "y",
    mean: (eta) => eta,
    link: "identity",
    phi: [0.5],
  },
  {
    family: "poisson",
    text: "count ~ poisson(mu)\nlog(mu) = 1 + (1 | g)",
    column: "count",
    mean: Math.exp,
    link: "log",
    phi: [],
  },
  {
    family: "negative_binomial",
    text: "count ~ negative_binomial(mu, 4)\nlog(mu) = 1 + (1 | g)",
    column: "count",
    mean: Math.exp,
    link: "log",
    phi: [4],
  },
  {
    family: "bernoulli",
    text: "won ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)",
    column: "won",
    mean: logistic,
    link: "logit",
    phi: [],
  },
  {
    family: "binomial",
    text: "share ~ binomial(size, p)\nlogit(p) = 1 + (1 | g)",
    column: "share",
    mean: logistic,
    link: "logit",
    phi: [],
  },
];

const BETA = 0.3;
const SD = 0.8;

/** By sums over a fine grid of the group's effect: what `RowPredictives` says of a row, in its order. */
function bruteForce({ family, column, mean, link, phi }: Case, row: number): number[] {
  const { cumulative, rowLikelihood } = familyNamed(family);
  if (cumulative === undefined) throw new Error(`${family} has no distribution function`);
  const out = newRowDerivatives(phi.length);
  const trials = hasTrials(familyNamed(family)) ? 5 : 1;
  const logDensity = (i: number, eta: number) => {
    rowLikelihood(link).evaluate(data[column][i], trials, eta, phi, 0, out);
    return out.value;
  };
  const other = row % 2 === 0 ? row + 1 : row - 1;
  const [left, all, mass, first, second, squares, predictor, below] = new Array<number>(8)
    .fill(0)
    .map(() => ({ sum: 0 }));
  for (let b = -8 * SD; b <= 8 * SD; b += SD / 400) {
    const eta = BETA + b;
    const cavity = Math.exp(-0.5 * (b / SD) ** 2 + logDensity(other, eta));
    const log = logDensity(row, eta);
    const p = Math.exp(log);
    left.sum += cavity;
    all.sum += cavity * p;
    mass.sum += cavity * p;
    first.sum += cavity * p * log;
    second.sum += cavity * p * log * log;
    squares.sum += cavity * p * p;
    predictor.sum += cavity * p * eta;
    below.sum += cavity * cumulative.probability(data[column][row], mean(eta), phi, trials);
  }
  const meanLog = first.sum / mass.sum;
  return [
    Math.log(squares.sum / mass.sum),
    meanLog,
    second.sum / mass.sum - meanLog * meanLog,
    predictor.sum / mass.sum,
    Math.log(all.sum / left.sum),
    below.sum / left.sum,
  ];
}

/** By quadrature over the effects, of the normal family over the linear predictor. */
const QUADRATURE = 2e-3;
const EXACT = 1e-5;

describe("rows' predictive quantities given the parameters", () => {
  for (const one of cases)
    it(`are those of integration by brute force: ${one.family}`, () => {
      const view = viewOf(`${one.text}\nprior beta[Intercept] ~ normal(0, 1)`, data);
      const values = view.values();
      values.beta.fill(BETA);
      values.Lambda[0].fill(SD);
      const effects = new EffectsGivenParameters(view);
      view.place(values);
      expect(effects.at(values)).toBe(true);
      const rows = new RowPredictives(view);
      rows.at(effects);
      for (let i = 0; i < 6; i++) {
        const ours = [
          rows.logMeanDensity[i],
          rows.meanLogDensity[i],
          rows.varianceLogDensity[i],
          rows.meanPredictor[i],
          rows.logLeftOut[i],
          rows.probability[i],
        ];
        bruteForce(one, i).forEach((exact, k) => {
          expect(Math.abs(ours[k] - exact)).toBeLessThan(one.family === "normal" ? EXACT : QUADRATURE);
        });
      }
    });

  it("are exact where a row knows far more than the rest of its group", () => {
    const view = viewOf("y ~ normal(mu, 0.01)\nmu = 1 + (1 | g)\nprior beta[Intercept] ~ normal(0, 1)", {
      y: [0.5, -2, 0.1, 0.3],
      g: [..."abcc"],
    });
    const values = view.values();
    values.beta.fill(0);
    values.Lambda[0].fill(1);
    const effects = new EffectsGivenParameters(view);
    expect(effects.at(values)).toBe(true);
    const rows = new RowPredictives(view);
    rows.at(effects);
    const variance = 1 + 1e-4;
    expect(rows.logLeftOut[0]).toBeCloseTo(-0.125 / variance - 0.5 * Math.log(2 * Math.PI * variance), 5);
    // pnorm(c(0.5, -2), 0, sqrt(1.0001)) in R
    expect(rows.probability[0]).toBeCloseTo(0.69145366, 5);
    expect(rows.probability[1]).toBeCloseTo(0.02275553, 5);
  });
});

describe("rows' predictive quantities where nodes leave the range of the mean", () => {
  it("are those of the nodes that stay", () => {
    const y = [2, 3, 5, 4, 3, 2];
    const text = "y ~ poisson(mu)\nmu = 1 + (1 | g)\nprior beta[Intercept] ~ normal(3, 1)";
    const view = viewOf(text, { y, g: data.g });
    const values = view.values();
    values.beta.fill(3);
    values.Lambda[0].fill(1.5);
    const effects = new EffectsGivenParameters(view);
    expect(effects.at(values)).toBe(true);
    const rows = new RowPredictives(view);
    rows.at(effects);
    for (let i = 0; i < 6; i++) {
      let [left, all] = [0, 0];
      for (let mu = 0.001; mu < 15; mu += 0.002) {
        const other = y[i % 2 === 0 ? i + 1 : i - 1];
        const cavity = Math.exp(-0.5 * ((mu - 3) / 1.5) ** 2 + other * Math.log(mu) - mu);
        left += cavity;
        all += (cavity * Math.exp(-mu) * mu ** y[i]) / [1, 1, 2, 6, 24, 120][y[i]];
      }
      expect(Math.abs(rows.logLeftOut[i] - Math.log(all / left))).toBeLessThan(0.01);
      for (const values of [rows.logMeanDensity, rows.meanLogDensity, rows.varianceLogDensity, rows.probability])
        expect(values[i]).not.toBeNaN();
    }
  });
});

describe("rows over weighted positions", () => {
  it("are means over the posterior and over what it is without the row", () => {
    const view = viewOf("y ~ normal(mu, 0.5)\nmu = 1 + (1 | g)", data);
    const mixture = new RowMixture(1);
    const weights = [0.2, 0.5, 0.3];
    // Out of the order of their sizes, and some of them too small for a double.
    const logs = [-800, -790, -805];
    const rows = new RowPredictives(view);
    weights.forEach((weight, k) => {
      rows.logMeanDensity[0] = logs[k];
      rows.meanLogDensity[0] = logs[k] - 1;
      rows.varianceLogDensity[0] = 0.5 + k;
      rows.meanPredictor[0] = k;
      rows.logLeftOut[0] = logs[k];
      rows.probability[0] = 0.2 * (k + 1);
      mixture.add(weight, rows);
    });
    const mean = (of: (k: number) => number) => weights.reduce((sum, weight, k) => sum + weight * of(k), 0);
    const leftOut = mean((k) => Math.exp(-800 - logs[k]));
    const shares = weights.map((weight, k) => (weight * Math.exp(-800 - logs[k])) / leftOut);
    expect(mixture.logMeanDensities()[0]).toBeCloseTo(-800 + Math.log(mean((k) => Math.exp(logs[k] + 800))), 10);
    expect(mixture.logLeftOut()[0]).toBeCloseTo(-800 - Math.log(leftOut), 10);
    expect(mixture.leftOutProbabilities()[0]).toBeCloseTo(
      shares.reduce((sum, share, k) => sum + share * 0.2 * (k + 1), 0),
      10,
    );
    const error = Math.sqrt(shares.reduce((sum, share, k) => sum + (share - weights[k]) ** 2, 0));
    expect(mixture.leftOutErrors()[0]).toBeCloseTo(error, 10);
    expect(mixture.meanPredictors()[0]).toBeCloseTo(
      mean((k) => k),
      12,
    );
    const meanLog = mean((k) => logs[k] - 1);
    expect(mixture.meanLogDensities()[0]).toBeCloseTo(meanLog, 9);
    expect(mixture.varianceLogDensities()[0]).toBeCloseTo(
      mean((k) => 0.5 + k + (logs[k] - 1 - meanLog) ** 2),
      9,
    );
  });
});
