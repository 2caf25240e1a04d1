import type { Design, HeldCovariance, RandomTerm } from "../design/Design.js";
import type { ScalarSupport } from "../design/FamilySignature.js";
import { constant } from "../design/holdConstants.js";
import type { Family } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import { supports } from "../family/supports.js";
import type { ModelAst, PriorStatement } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import { didYouMean } from "../language/suggest.js";
import { ofSd, type SdScale } from "../prior/ofSd.js";
import type { PriorDistribution, Univariate } from "../prior/Prior.js";
import { truncate } from "../prior/truncate.js";
import type { Transform } from "../transform/Transform.js";
import { transformFor } from "../transform/transforms.js";
import { type DefaultPrior, type DefaultPriors, defaultPriors, type PriorCall } from "./defaultPriors.js";
import type { Interval } from "./LatentGaussian.js";
import { allSlots, type PredictorSlots, type PriorSlot, priorSlots, sdScale, specificity } from "./priorSlots.js";
import { type EffectsRecoding, recodingOf } from "./TermRecoding.js";

/** A prior as it is used. */
export interface UsedPrior {
  /** What it is on: `sd[subject, post]`. */
  readonly name: string;
  /** As a statement writes it: `student_t(3, 0, 2.5)`. */
  readonly distribution: string;
  /** The interval it was truncated to, or null if it has all its own support. */
  readonly truncatedTo: readonly [number, number] | null;
  readonly origin: "model" | "default";
  readonly proper: boolean;
}

/** The numbers of a prior and what they make, so that it can be had with others. */
export interface StatedPrior {
  /** The statement of the model; null of a default. */
  readonly statement: PriorStatement | null;
  /** The scale of an sd that it is on, where that is not the sd's own. */
  readonly scale: SdScale | null;
  /** The record of the distribution, and its numbers. */
  readonly distribution: PriorDistribution;
  readonly arguments: readonly number[];
  /**
   * The density on the scale that it is stated on, truncated to the parameter's support, with these numbers. Throws RangeError for numbers that it cannot
   * have.
   */
  density(numbers: readonly number[]): Univariate;
}

/** The prior of a real parameter, with the transform that its support calls for. */
export interface ScalarPrior {
  readonly used: UsedPrior;
  readonly stated: StatedPrior;
  readonly density: Univariate;
  readonly transform: Transform;
}

/** The prior of a correlation matrix. */
export interface CorrelationPrior {
  readonly used: UsedPrior;
  /** The statement of the model; null of a default. */
  readonly statement: PriorStatement | null;
  /** The shape of lkj(eta). */
  readonly eta: number;
}

/** The priors of one predictor: of its coefficients and of its random terms. */
export interface PredictorPriors {
  /** Which intercept carries the prior, and is sampled: the linear predictor at the covariates' means, or the raw one. */
  readonly intercept: { readonly centred: boolean; readonly prior: ScalarPrior } | null;
  /** Length p; null at the intercept. */
  readonly coefficients: readonly (ScalarPrior | null)[];
  readonly terms: readonly TermPriors[];
}

/** The priors of a random term: of its sds and of their correlations. */
export interface TermPriors {
  /** Length q; null where an sd is held at a number. */
  readonly sds: readonly (ScalarPrior | null)[];
  readonly cor: CorrelationPrior | null;
  /** Where a position holds the sds and correlations of other effects; null where it holds those of the term. */
  readonly recoding: EffectsRecoding | null;
  /** What stands at numbers; null where that is nothing. */
  readonly held: HeldCovariance | null;
}

/** The priors of a model, by predictor. */
export interface ModelPriors {
  readonly predictors: readonly PredictorPriors[];
  /** One per free scalar parameter, in the order of `Design.scalars`. */
  readonly scalars: readonly ScalarPrior[];
  /** How many of the first of them are thresholds that ascend, to which their priors are restricted. */
  readonly ordered: number;
}

/**
 * Gives each parameter the most specific prior stated for it, or its default. Statements must have passed
 * `checkPriorStatements`. Problems: statements that address nothing in the model, two that address a thing alike,
 * a prior on both intercepts, a support that leaves nothing.
 */
export function resolvePriors(
  ast: ModelAst,
  design: Design,
  family: Family,
  priors: readonly PriorDistribution[],
  links: readonly Link[],
): { readonly priors: ModelPriors; readonly problems: readonly Problem[] } {
  const stated = { ...ast, priors: ast.priors.filter(({ distribution }) => distribution.name !== constant) };
  const resolver = new PriorResolver(stated, design, priors);
  const slots = priorSlots(design);
  const defaults = defaultPriors(design, family, links);
  const resolved = {
    predictors: slots.predictors.map((part, k) =>
      resolvePredictor(resolver, part, k, defaults, design.predictors[k].randomTerms),
    ),
    scalars: slots.scalars.map((slot) =>
      resolver.scalar(slot, defaults.scalar(slot.target), supports[supportOf(design, slot.name)]),
    ),
    ordered: family.thresholds === "ordered" ? countThresholds(design) : 0,
  };
  return { priors: resolved, problems: [...resolver.problems, ...unusedStatements(stated, design, allSlots(slots))] };
}

function resolvePredictor(
  resolver: PriorResolver,
  slots: PredictorSlots,
  k: number,
  defaults: DefaultPriors,
  randomTerms: readonly RandomTerm[],
): PredictorPriors {
  return {
    intercept: slots.intercept === null ? null : resolver.intercept(slots.intercept, defaults.intercept(k)),
    coefficients: slots.coefficients.map((slot, column) =>
      slot === null ? null : resolver.scalar(slot, defaults.coefficient(k, column), supports.real),
    ),
    terms: slots.terms.map((term, t) => {
      const sds = term.sds.map((slot, c) =>
        slot === null ? null : resolver.scalar(slot, defaults.sd(k, t, c), supports.positive),
      );
      const cor = term.cor === null ? null : resolver.correlation(term.cor, defaults.correlation);
      const held = randomTerms[t].held ?? null;
      const recoding = held === null ? recodingOf(randomTerms[t], present(sds)) : null;
      return { sds, cor, recoding, held };
    }),
  };
}

function countThresholds({ scalars }: Design): number {
  return scalars.filter(({ threshold }) => threshold !== undefined).length;
}

function supportOf({ scalars }: Design, name: string): ScalarSupport {
  return scalars.find(({ parameter }) => parameter === name)?.support ?? "positive";
}

/** What is not held at a number. */
export function present<T>(parts: readonly (T | null)[]): T[] {
  return parts.filter((part) => part !== null);
}

class PriorResolver {
  readonly problems: Problem[] = [];
  private readonly ast: ModelAst;
  private readonly design: Design;
  private readonly distributions: readonly PriorDistribution[];

  constructor(ast: ModelAst, design: Design, distributions: readonly PriorDistribution[]) {
    this.ast = ast;
    this.design = design;
    this.distributions = distributions;
  }

  intercept(slots: { centred: PriorSlot; raw: PriorSlot }, byDefault: DefaultPrior): PredictorPriors["intercept"] {
    const [centred, raw] = [this.mostSpecific(slots.centred), this.mostSpecific(slots.raw)];
    if (centred !== null && raw !== null)
      this.report("two-intercept-priors", raw, `a prior on both ${slots.centred.name} and ${slots.raw.name}`, {
        hint: `keep one: ${slots.centred.name} is the linear predictor at the covariates' means, ${slots.raw.name} the raw intercept`,
      });
    const useRaw = raw !== null && centred === null;
    const slot = useRaw ? slots.raw : slots.centred;
    return { centred: !useRaw, prior: this.scalar(slot, byDefault, supports.real) };
  }

  scalar(slot: PriorSlot, byDefault: DefaultPrior, { lower, upper }: Interval): ScalarPrior {
    const statement = this.mostSpecific(slot);
    const call = statement === null ? byDefault : callOf(statement);
    const distribution = this.distribution(call);
    const own = distribution.make(call.arguments);
    const scale = sdScale(statement, slot);
    let stated = own;
    try {
      stated = truncate(own, lower, upper);
    } catch (error) {
      if (!(error instanceof RangeError) || statement === null) throw error;
      this.report("empty-prior", statement, `${print(call)} leaves nothing of the support of ${slot.name}`, {
        hint: `${slot.name} lies in (${lower}, ${upper === Number.POSITIVE_INFINITY ? "Inf" : upper})`,
      });
    }
    const density = scale === null ? stated : ofSd(stated, scale);
    return {
      used: {
        name: scale === null ? slot.name : slot.name.replace("sd[", `${scale}[`),
        distribution: print(call),
        truncatedTo: own.lower < stated.lower || own.upper > stated.upper ? [stated.lower, stated.upper] : null,
        origin: statement === null ? "default" : "model",
        proper: density.proper,
      },
      stated: {
        statement,
        scale,
        distribution,
        arguments: call.arguments,
        density: (numbers) => truncate(distribution.make(numbers), lower, upper),
      },
      density,
      transform: transformFor(density.lower, density.upper, byDefault.unit),
    };
  }

  correlation(slot: PriorSlot, byDefault: PriorCall): CorrelationPrior {
    const statement = this.mostSpecific(slot);
    const call = statement === null ? byDefault : callOf(statement);
    const origin = statement === null ? "default" : "model";
    return {
      used: { name: slot.name, distribution: print(call), truncatedTo: null, origin, proper: true },
      statement,
      eta: call.arguments[0],
    };
  }

  private distribution(call: PriorCall): PriorDistribution {
    const prior = this.distributions.find(({ name }) => name === call.distribution);
    if (prior === undefined) throw new RangeError(`unknown distribution "${call.distribution}"`);
    return prior;
  }

  private mostSpecific(slot: PriorSlot): PriorStatement | null {
    let best: PriorStatement | null = null;
    let bestLength = -1;
    for (const statement of this.ast.priors) {
      const length = specificity(statement, slot, this.design);
      if (length >= 0 && length === bestLength)
        this.report("duplicate-prior", statement, `a second prior on ${slot.name}`, { hint: "keep one of the two" });
      if (length > bestLength) [best, bestLength] = [statement, length];
    }
    return best;
  }

  private report(code: string, statement: PriorStatement, message: string, more: { hint?: string }): void {
    if (this.problems.some((known) => known.code === code && known.span === statement.span)) return;
    this.problems.push({ code, severity: "error", message, ...more, ...spanOf(statement) });
  }
}

function unusedStatements(ast: ModelAst, design: Design, slots: readonly PriorSlot[]): Problem[] {
  return ast.priors
    .filter((statement) => !slots.some((slot) => specificity(statement, slot, design) >= 0))
    .map((statement) => {
      const name = printTarget(statement);
      const targets = [...new Set(slots.flatMap(targetsOf))];
      const held = design.scalars.find(({ parameter }) => parameter === name)?.fixed ?? null;
      return {
        code: "unknown-prior-target",
        severity: "error",
        message: `a prior on ${name}, which is ${held === null ? "not in the model" : `held at ${held}`}`,
        hint: held === null ? didYouMean(name, targets, "targets") : `write ${name} in place of ${held} to estimate it`,
        ...(statement.target.span === undefined ? spanOf(statement) : { span: statement.target.span }),
      };
    });
}

/** The ways to address a slot, the general first: sd, sd[subject], sd[subject, post]. `prior beta` never covers the intercept. */
function targetsOf({ name, target, path }: PriorSlot): string[] {
  if (path.length === 0 || (target === "beta" && path[0] === "Intercept")) return [name];
  const general = name.slice(0, name.indexOf("["));
  return [general, ...path.map((_, k) => `${general}[${path.slice(0, k + 1).join(", ")}]`)];
}

function printTarget({ target }: PriorStatement): string {
  const index = target.index.length > 0 ? `[${target.index.map(({ name }) => name).join(", ")}]` : "";
  return `${target.parameter === undefined ? "" : `${target.parameter.name}.`}${target.target.name}${index}`;
}

function callOf(statement: PriorStatement): PriorCall {
  return { distribution: statement.distribution.name, arguments: statement.arguments.map(({ value }) => value) };
}

function print(call: PriorCall): string {
  return `${call.distribution}(${call.arguments.join(", ")})`;
}

function spanOf(statement: PriorStatement): Pick<Problem, "span"> {
  return statement.span === undefined ? {} : { span: statement.span };
}
