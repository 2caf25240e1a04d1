import { checkArgument } from "../argument/checkArgument.js";
import { aText } from "../argument/kinds.js";
import type { Signal } from "../engine/Signal.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { type Refits, refitsOf } from "../fit/refits.js";
import { inThisThread } from "../fit/thisThread.js";
import { printTarget } from "../language/printer.js";
import { throwIfAborted } from "../math/steps.js";
import { inLanes } from "../parallel/inLanes.js";
import type { TippingPoint, TippingPoints } from "../summary/TippingPoints.js";
import { type StatementAtDraws, statementsAtDraws } from "./components.js";
import { type Conclusion, parseConclusion } from "./conclusions.js";
import { errorOfMean } from "./errorOfMean.js";
import { valuesOf } from "./linearForms.js";
import { completeTippingOptions, type TippingOptions } from "./options.js";
import { type PosteriorDraws, posteriorDrawsOf, refuseMl } from "./posteriorDraws.js";
import { priorWeights } from "./priorWeights.js";
import { quantityReader } from "./quantities.js";
import { parseVariation } from "./variations.js";
import { variedModel } from "./variedModels.js";
import { meanOf } from "./weightedMoments.js";

/** From one factor to the next, until the conclusion changes between two. */
const STEP = 1.25;
const DIRECTIONS = [1 / STEP, STEP];
/** Halvings between two factors. */
const HALVINGS = 20;
/** Weights must be worth this share of the draws, and that where the conclusion seems to change: a probability by few draws has a large error. */
const LEAST_SHARE = 0.25;
const LEAST_SHARE_OF_CHANGE = 0.5;
/** New fits in one direction, after which a search ends. */
const MOST_REFITS = 12;

/**
 * What it would take: for each prior statement the factors on its scale, one below and one above 1, at which a conclusion such as
 * "beta[trt] < 0 with probability 0.95" changes: no longer holds, or where it does not, comes to hold. By importance weights over the fit's draws as far as these can be relied on,
 * beyond by new fits, over whose draws the search goes on. Throws SensitivityError for a conclusion that cannot be read, for unknown names and for maximum likelihood,
 * OptionsError for options.
 */
export async function tippingPoints(
  fit: Fit | MlFit,
  conclusion: string,
  options: TippingOptions = {},
): Promise<TippingPoints> {
  checkArgument(aFit, fit, "tippingPoints", "fit");
  checkArgument(aText, conclusion, "tippingPoints", "conclusion");
  const { range, workers, signal, onProgress } = completeTippingOptions(options);
  const stated = parseConclusion(conclusion);
  refuseMl(fit);
  const draws = posteriorDrawsOf(fit);
  const isTrue = indicator(fit, stated, draws);
  const probability = meanOf(isTrue, draws.shares);
  const statements = statementsAtDraws(fit.compiled.priorsAtDraws(), draws.read);
  const refits = refitsOf(fit, { most: DIRECTIONS.length * statements.length, workers, hasDraws: true });
  const context = { draws, isTrue, range, refits, giveWay: inThisThread({}).giveWay };
  const paths = statements.flatMap((statement) => {
    const search = new ScaleSearch(fit, stated, statement, context);
    return DIRECTIONS.map((direction) => ({ search, direction }));
  });
  let done = 0;
  const found = await inLanes(refits.lanes, paths, signal, async ({ search, direction }, _, stopping) => {
    onProgress?.({ stage: "changing the scales of priors", done: done++, total: paths.length });
    return search.along(direction, stopping);
  });
  return {
    kind: "tipping-points",
    engine: fit.engine,
    conclusion,
    asked: stated.probability,
    probability,
    mcse: errorOfMean(isTrue, draws.joint, draws.shares),
    holds: probability >= stated.probability,
    range,
    statements: statements.map(({ name, distribution, priors: [prior] }, k) => ({
      prior: name,
      distribution: distribution ?? "",
      smaller: found[2 * k],
      larger: found[2 * k + 1],
      problem: prior.rescaled(1) === null ? `${distribution} has no scale` : null,
    })),
  };
}

/** 1 at each draw at which what is concluded is so, 0 at others. */
function indicator(fit: Fit, { difference, sign }: Conclusion, draws: PosteriorDraws): Float64Array {
  const values = valuesOf(difference, draws.joint.count, quantityReader(fit, draws));
  return values.map((value) => Number(sign === "negative" ? value < 0 : value > 0));
}

/** Draws of a fit under one factor on the scale of a statement. */
interface Base {
  readonly shares: Float64Array;
  readonly isTrue: Float64Array;
  readonly statistics: readonly Float64Array[];
  /** The log density of the statement's priors there. */
  readonly logDensity: Float64Array;
}

interface SearchContext {
  readonly draws: PosteriorDraws;
  readonly isTrue: Float64Array;
  readonly range: number;
  readonly refits: Refits;
  giveWay(): Promise<void>;
}

/** The search along the scale of one statement. */
class ScaleSearch {
  private readonly fit: Fit;
  private readonly conclusion: Conclusion;
  private readonly statement: StatementAtDraws;
  private readonly given: SearchContext;
  private readonly first: Base;

  constructor(fit: Fit, conclusion: Conclusion, statement: StatementAtDraws, given: SearchContext) {
    this.fit = fit;
    this.conclusion = conclusion;
    this.statement = statement;
    this.given = given;
    const { statistics } = statement;
    const logDensity = this.logDensity(statistics, 1);
    this.first = { shares: given.draws.shares, isTrue: given.isTrue, statistics, logDensity };
  }

  /** The first factor at which the conclusion changes, in steps by another; null of priors without a scale. */
  async along(step: number, signal: Signal): Promise<TippingPoint | null> {
    const { range, giveWay } = this.given;
    if (this.statement.priors[0].rescaled(1) === null) return null;
    const end = step > 1 ? range : 1 / range;
    const holds = this.holdsAt(this.first, 1);
    let base = this.first;
    let refits = 0;
    for (let before = 1; before !== end; ) {
      const next = step > 1 ? Math.min(end, before * step) : Math.max(end, before * step);
      let at = this.probabilityAt(base, next);
      const isChanged = () => at.probability >= this.conclusion.probability !== holds;
      if (at.share < LEAST_SHARE || (isChanged() && at.share < LEAST_SHARE_OF_CHANGE)) {
        if (refits === MOST_REFITS) return this.ended(base, before, refits);
        base = await this.refitted(next, signal);
        refits++;
        at = this.probabilityAt(base, next);
      }
      if (isChanged()) return this.between(base, before, next, refits);
      await giveWay();
      throwIfAborted(signal);
      before = next;
    }
    return this.ended(base, end, refits);
  }

  private ended(base: Base, factor: number, refits: number): TippingPoint {
    const { probability } = this.probabilityAt(base, factor);
    return { factor: null, distribution: this.printed(factor), searchedTo: factor, probability, refits };
  }

  /** By halving, on the logarithm of the factor. */
  private between(base: Base, from: number, to: number, refits: number): TippingPoint {
    const holds = !this.holdsAt(base, to);
    let [near, far] = [from, to];
    for (let k = 0; k < HALVINGS; k++) {
      const middle = Math.sqrt(near * far);
      if (this.holdsAt(base, middle) === holds) near = middle;
      else far = middle;
    }
    const { probability } = this.probabilityAt(base, far);
    return { factor: far, distribution: this.printed(far), searchedTo: far, probability, refits };
  }

  private holdsAt(base: Base, factor: number): boolean {
    return this.probabilityAt(base, factor).probability >= this.conclusion.probability;
  }

  /** `share`: what the weights are worth, of the draws; 0 where they cannot be relied on. */
  private probabilityAt(base: Base, factor: number): { readonly probability: number; readonly share: number } {
    const varied = this.logDensity(base.statistics, factor);
    const { weights, isReliable, size } = priorWeights(base.logDensity, varied, base.shares);
    return { probability: meanOf(base.isTrue, weights), share: isReliable ? size / weights.length : 0 };
  }

  private logDensity(statistics: readonly Float64Array[], factor: number): Float64Array {
    const parts = this.statement.priors.map((prior, k) => {
      return prior.logDensity(statistics[k], factor === 1 ? prior.numbers : (prior.rescaled(factor) ?? prior.numbers));
    });
    return parts[0].map((_, s) => parts.reduce((total, part) => total + part[s], 0));
  }

  private async refitted(factor: number, signal: Signal): Promise<Base> {
    const [{ statement }] = this.statement.priors;
    const target = statement === null ? this.statement.name : printTarget(statement.target);
    const model = variedModel(this.fit, parseVariation(`${target} ~ ${this.printed(factor, 15)}`).statements);
    const fit = await this.given.refits.fit(model, signal);
    const draws = posteriorDrawsOf(fit);
    const statistics = this.statement.priors.map((prior) => prior.statistic(draws.read));
    const logDensity = this.logDensity(statistics, factor);
    return { shares: draws.shares, isTrue: indicator(fit, this.conclusion, draws), statistics, logDensity };
  }

  /** The prior at a factor, as a statement has it, its numbers to so many significant digits. */
  private printed(factor: number, digits = 4): string {
    const [{ used, rescaled }] = this.statement.priors;
    const name = used.distribution.slice(0, used.distribution.indexOf("("));
    return `${name}(${(rescaled(factor) ?? []).map((number) => Number(number.toPrecision(digits))).join(", ")})`;
  }
}
