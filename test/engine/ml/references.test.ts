import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import {
  climb,
  concludeMaximum,
  type MarginalMaximum,
  negativeLogLikelihood,
  startWithoutEffects,
} from "../../../src/engine/ml/fitMarginal.js";
import { estimates, reported } from "../../../src/engine/ml/inference.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { type ParameterVector, parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { fromFormula } from "../../../src/fit/fromFormula.js";
import { printModel } from "../../../src/language/printer.js";
import { aghqMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import type { ConditionalEffects } from "../../../src/marginal/likelihoods/MarginalLikelihood.js";
import { quadraticForm } from "../../../src/math/optimize/definite.js";
import { runSync } from "../../../src/math/steps.js";
import { isThere as isFileThere } from "../../../validation/files.js";
import { viewOnData } from "./models.js";
import {
  entriesOf,
  isThere,
  laplaceCases,
  linearCases,
  quadratureCases,
  type ReferenceCase,
  type ReferenceFit,
  referenceFit,
  valuesOf,
  viewOfCase,
} from "./referenceCases.js";

// One rule for all: our maximum is no lower than our log-likelihood at the reference's estimates; and where these are a maximum of it
// as well, estimates and standard errors are the same. references.txt shows the values of both.

const LOG_LIKELIHOOD = 1e-6;
/** Estimates, in standard errors: and so near to our maximum, by our gradient in the metric of the information, a reference is one. */
const ESTIMATES = 0.01;
/** Conditional modes at the reference's estimates, in conditional sds: lme4's search for them is no nearer. */
const MODES = 0.01;
/** Relative. */
const STANDARD_ERRORS = 0.01;
const CONVERGED = 1e-4;
/**
 * How far lme4's Laplace log-likelihood falls short of ours at the same estimates, per row: it ends its search for the conditional modes
 * early (../../marginal/likelihoods/laplaceReferences.test.ts carries that on). What others state is equal, up to GLMMadaptive's nodes, which it
 * laid for estimates before its last.
 */
const SHORT_PER_ROW = 3e-5;
const OLD_NODES = 2e-4;

/** Ended their search more than 0.01 standard errors from the maximum. */
const stoppedShort = [
  "toenail_agq1",
  "hdp_remission_agq1",
  "hdp_remission_slope_laplace",
  "toenail_ga11",
  "toenail_ga21",
  "toenail_slope_ga11",
];
/**
 * lme4's standard errors are from differences of log-likelihoods that carry the noise of its search for the modes. These are more than 1%
 * from ours; with that search carried to its end they are ours.
 */
const lme4: { standardErrors: Readonly<Record<string, readonly number[]>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, "lme4StandardErrors.fixture.json"), "utf8"),
);

/** In pql.test.ts and conditional.test.ts; ordinal responses and nonlinear models are none of ours. */
const elsewhere = ["epil_pql", "toenail_pql", "wine_clmm1", "wine_clmm15", "theoph_nlme", "toenail_clogit"];

interface Outcome {
  readonly view: LatentGaussian;
  readonly vector: ParameterVector;
  readonly maximum: MarginalMaximum;
  readonly theirs: ReferenceFit;
  readonly theirPosition: Float64Array;
  /** Our log-likelihood there. */
  readonly atTheirs: number;
  readonly effectsAtTheirs: ConditionalEffects;
  /** sqrt(g' C g): about the step from there to our maximum, in standard errors. */
  readonly distance: number;
}

async function outcome(of: ReferenceCase): Promise<Outcome> {
  const view = await viewOfCase(of);
  const vector = parameterVector(view);
  const marginal = of.method === "laplace" ? laplaceMarginal(view) : aghqMarginal(view, of.points);
  const found = runSync(
    climb(marginal, vector, runSync(startWithoutEffects(view, vector)), { information: null, held: [] }),
  );
  const maximum = runSync(concludeMaximum(marginal, vector, found));
  if (maximum.covariance === null) throw new Error("no covariance");
  const objective = negativeLogLikelihood(marginal, vector);
  const theirs = referenceFit(of);
  const theirPosition = new Float64Array(vector.start.length);
  vector.pack(valuesOf(view, theirs), theirPosition);
  const gradient = new Float64Array(theirPosition.length);
  const atTheirs = -objective(theirPosition, gradient);
  const effectsAtTheirs = marginal.effects();
  const distance = Math.sqrt(quadraticForm(maximum.covariance, gradient));
  return { view, vector, maximum, theirs, theirPosition, atTheirs, effectsAtTheirs, distance };
}

const outcomes = new Map<string, Promise<Outcome>>();

/** Each case is fitted once. */
function outcomeOf(of: ReferenceCase): Promise<Outcome> {
  const known = outcomes.get(of.name) ?? outcome(of);
  outcomes.set(of.name, known);
  return known;
}

function expectStated(of: ReferenceCase, { view, theirs, atTheirs, distance }: Outcome): void {
  if (theirs.logLikelihood === null || (of.file === "ml_more" && distance > ESTIMATES)) return;
  const gap = atTheirs - theirs.logLikelihood;
  if (of.file === "ml_more") expect(Math.abs(gap)).toBeLessThan(OLD_NODES);
  else {
    expect(gap).toBeGreaterThan(-LOG_LIKELIHOOD);
    const hasSearch = of.method === "laplace" && theirs.standardErrors.length > 0;
    expect(gap).toBeLessThan(hasSearch ? SHORT_PER_ROW * view.rows : LOG_LIKELIHOOD);
  }
}

function expectSameEstimates(name: string, { view, vector, maximum, theirs, theirPosition }: Outcome): void {
  const ours = estimates(view, vector, maximum).parameters;
  const others = reported(view, vector, theirPosition);
  ours.forEach(({ name: parameter, estimate, standardError }, k) => {
    // At a boundary there is no standard error, and the other optimiser stands beside it.
    const size = Number.isNaN(standardError) ? 1 : standardError;
    expect(Math.abs(estimate - others[k]) / size, parameter).toBeLessThan(ESTIMATES);
  });
  const ratios = (errors: readonly number[]) => errors.map((error, k) => Math.abs(ours[k].standardError / error - 1));
  const converged = lme4.standardErrors[name];
  const stated = Math.max(0, ...ratios(theirs.standardErrors));
  if (converged === undefined) expect(stated).toBeLessThan(STANDARD_ERRORS);
  else {
    expect(stated).toBeGreaterThan(STANDARD_ERRORS);
    expect(Math.max(...ratios(converged))).toBeLessThan(CONVERGED);
  }
}

function expectSameModes({ theirs, effectsAtTheirs: { modes, sds } }: Outcome): void {
  theirs.modes.forEach((head, f) => {
    head.forEach((mode, k) => {
      expect(Math.abs(modes[f][k] - mode) / sds[f][k], `factor ${f}, effect ${k}`).toBeLessThan(MODES);
    });
  });
}

/** One line of references.txt. */
async function shown(of: ReferenceCase): Promise<string> {
  const { theirs, atTheirs, maximum, distance, view, vector } = await outcomeOf(of);
  const ours = estimates(view, vector, maximum).parameters;
  const errors = theirs.standardErrors.map((error, k) => error / ours[k].standardError);
  const farthest = errors.reduce((worst, ratio) => (Math.abs(ratio - 1) > Math.abs(worst - 1) ? ratio : worst), 1);
  const cells = [
    of.name.padEnd(28),
    of.points,
    theirs.logLikelihood?.toFixed(4) ?? "-",
    atTheirs.toFixed(4),
    maximum.logLikelihood.toFixed(4),
    distance.toFixed(3),
    errors.length === 0 ? "-" : farthest.toFixed(3),
  ];
  return cells.map((cell) => String(cell).padStart(12)).join("");
}

const head = ["case".padEnd(28), "points", "stated", "ours there", "our maximum", "distance", "their se"];

describe("maximum likelihood against lme4, glmmTMB and GLMMadaptive", () => {
  const cases = [...laplaceCases, ...quadratureCases];
  for (const of of cases)
    it.skipIf(!isThere(of))(`${of.name}, ${of.points} points`, async () => {
      const result = await outcomeOf(of);
      const { maximum, atTheirs, distance } = result;
      expect(maximum.convergence.converged, maximum.reason).toBe(true);
      expect(maximum.logLikelihood).toBeGreaterThan(atTheirs - LOG_LIKELIHOOD);
      expectStated(of, result);
      expectSameModes(result);
      expect(distance > ESTIMATES).toBe(stoppedShort.includes(of.name));
      if (distance > ESTIMATES) expect(maximum.logLikelihood).toBeGreaterThan(atTheirs + LOG_LIKELIHOOD);
      else expectSameEstimates(of.name, result);
    });

  it("leaves out no reference", () => {
    const files = ["ml_aghq", "ml_lme4_glmmtmb", "ml_more"] as const;
    const taken = [...cases, ...linearCases].map(({ name }) => name);
    const entries = files.flatMap((file) => Object.keys(entriesOf(file)));
    expect(entries.filter((name) => !taken.includes(name))).toEqual(elsewhere);
  });

  it.skipIf(!cases.every(isThere))("is shown side by side in references.txt", async () => {
    const lines = [head.map((cell) => cell.padStart(12)).join("")];
    for (const of of cases) lines.push(await shown(of));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("references.txt");
  });
});

describe("published results", () => {
  it.skipIf(!isFileThere("hdp.csv"))("remission by 10 points: the intercept of the table is 1.467", async () => {
    const [of] = quadratureCases.filter(({ name }) => name === "hdp_remission_agq10");
    const { view, vector, maximum } = await outcomeOf(of);
    const [{ estimate }] = estimates(view, vector, maximum).parameters;
    expect(estimate.toFixed(3)).toBe("1.467");
  });

  it("the block design by REML: treatment means 7.625 and 32.0, standard error 9.135", async () => {
    const text = "count ~ normal(mu, sigma)\nmu = 0 + factor(treatment) + (1 | clinic)";
    const { parameters } = runSync(maximumLikelihood(await viewOnData(text, "rcbd"), { reml: true }));
    const means = parameters.slice(0, 2);
    expect(means.map(({ estimate }) => estimate.toFixed(3))).toEqual(["7.625", "32.000"]);
    expect(means.map(({ standardError }) => standardError.toFixed(3))).toEqual(["9.135", "9.135"]);
  });

  it("lme4's own formula for cbpp is its fit", async () => {
    const [of] = quadratureCases.filter(({ name, points }) => name === "cbpp" && points === 61);
    const formula = "cbind(incidence, size - incidence) ~ factor(period) + (1 | herd)";
    const view = await viewOnData(printModel(fromFormula(formula, "binomial")), of.data);
    const { logLikelihood, parameters } = runSync(maximumLikelihood(view, { points: of.points }));
    const { theirs, maximum } = await outcomeOf(of);
    expect(Math.abs(Number(logLikelihood) - maximum.logLikelihood)).toBeLessThan(1e-9);
    theirs.beta.forEach((beta, k) => {
      expect(Math.abs(parameters[k].estimate - beta) / parameters[k].standardError).toBeLessThan(ESTIMATES);
    });
  });
});
