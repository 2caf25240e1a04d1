import type { JetDerivatives } from "../math/jets.js";
import type { RandomStream } from "../math/random/RandomStream.js";

/**
 * A response distribution as a small record. `mu` and the other parameters, `phi`, are on their own scale; `eta` is the linear
 * predictor of mu. `phi` holds the parameters of the slots of kind "auxiliary", in their order. Constants are never dropped.
 */
export interface Family {
  readonly name: string;
  /** Other names that a formula's family may have: those of lme4, brms, glmmTMB or MASS. */
  readonly aliases?: readonly string[];
  /** Slots in the order they are written: `binomial(size, p)`. A family has one mean, and any number of other parameters. */
  readonly slots: readonly FamilySlot[];
  /** Null if the value can be a response, else what is wrong: "is not a count". */
  checkResponse(value: number, trials: number): string | null;
  /** The row's log-likelihood under one of the mean's links. Throws RangeError for a link that is not in the slot's list. */
  rowLikelihood(link: string): RowLikelihood;
  /** E(y); for binomial the expected number of successes. */
  mean(mu: number, phi: Auxiliary, trials: number): number;
  /** False where E(y) is not mu (times the trials), as where mu is the mean of the log of the response. */
  readonly meanIsMu?: false;
  variance(mu: number, phi: Auxiliary, trials: number): number;
  /** Whether the mean gives the variance though rows may vary by more, as counts do; single 0/1 outcomes cannot. */
  readonly isOverdispersible?: boolean;
  /** What exp of a coefficient of the mean is, by the mean's link; without an entry it has no name of its own. */
  readonly ratios?: Readonly<Record<string, RatioName>>;
  /**
   * By the link: the variance, on the scale of the linear predictor, of a latent variable that says by a threshold what the response is. Under the links identity and log the variance of a row on that
   * scale comes of `variance`; under others without an entry nothing is said of it.
   */
  readonly latentVariance?: Readonly<Record<string, number>>;
  simulate(stream: RandomStream, mu: number, phi: Auxiliary, trials: number): number;
  /**
   * Whether the first auxiliary parameter is the standard deviation of a row. A weight w then divides the row's variance, as in lme4, and standard
   * errors may be known; in other families a weight multiplies the row's log density, as in brms.
   */
  readonly dispersionIsSd?: boolean;
  /** The scale of the response that mu is a location on under the identity link, and "response" priors are in units of: the response itself, or its log. */
  locationOf?(y: number): number;
  /**
   * Of a response that is one of several categories in an order, given by its number from 1: its thresholds, one fewer than categories, stand in place of an intercept; whether
   * they ascend or are any numbers. They are the first of `phi`.
   */
  readonly thresholds?: "ordered" | "free";
  /** Of such a response: the probability that the inverse link of disc (threshold[k] - mu) is, in mathematics, y the response: "P(y <= k)". */
  readonly dividedAt?: string;
  /**
   * Of a response that is one of several categories without an order, given by its number from 1: the line of the mean is that of each category but the first, and phi has the linear
   * predictors of those from the third on.
   */
  readonly isCategorical?: boolean;
  /** The record under one of its mean's links, for a family whose functions are made for the link; they take the linear predictor for mu. */
  withLink?(link: string): Family;
  /** Whether a row is normal given its mean and its dispersion, the sd: with the identity link, random effects are then normal given the parameters. */
  readonly isNormal?: boolean;
  /**
   * By the link: the distribution of the rows of a stratum given their sum, where it is free of an intercept, so that conditional likelihood
   * serves it: that of conditional logistic regression for single trials or counts of successes, or multinomial for counts.
   */
  readonly conditional?: Readonly<Record<string, "logistic" | "multinomial">>;
  /** The name of the family that this one becomes as its dispersion grows without end. */
  readonly limit?: string;
  /**
   * How a row's density falls as the dispersion grows without end: as its power -dispersionTail, 0 where it tends to a positive number. Without
   * it nothing is said of the posterior under a flat prior on the dispersion.
   */
  readonly dispersionTail?: number;
  /** Without it, what is made of probabilities (PIT) is left out. */
  readonly cumulative?: CumulativeProbability;
  /** The logs of its two tails under one of the mean's links; without it they are sums or integrals of the density, where it has a distribution function. */
  tails?(link: string): RowTails;
  /** By the mean's link: how Stan writes the log density of a row; a family without it has no Stan program. */
  readonly stan?: Readonly<Record<string, StanRow>>;
  /** The fused kernels that serve this family, by the mean's link; without one it runs on `rowLikelihood`. */
  readonly kernels?: Readonly<Record<string, FamilyKernel>>;
}

/** The log density of a response in Stan's language, its constants included. */
export interface StanRow {
  /** Whether it takes whole vectors too, and is then the sum over the rows. */
  readonly isVectorised: boolean;
  /** The log density in Stan, from expressions of Stan for the response, the linear predictor of the mean, the auxiliary parameters and the trials. */
  density(row: {
    readonly y: string;
    readonly eta: string;
    readonly phi: readonly string[];
    readonly trials: string;
  }): string;
}

/** As in "odds ratio", "odds ratios". */
export interface RatioName {
  readonly singular: string;
  readonly plural: string;
}

/** What an auxiliary parameter can be: an open interval. */
export type ParameterSupport = "positive" | "probability" | "real";

/** Values of the auxiliary parameters of a row, in the order of their slots. */
export type Auxiliary = ArrayLike<number>;

/** An argument of a family: a column of data, the mean, or another parameter. */
export type FamilySlot =
  | { readonly kind: "data"; readonly name: string }
  | { readonly kind: "mean"; readonly name: string; readonly links: readonly string[] }
  | AuxiliarySlot;

/** A parameter that is one number for all rows unless the model gives it a line. */
export interface AuxiliarySlot {
  readonly kind: "auxiliary";
  readonly name: string;
  readonly links: readonly string[];
  /** Positive without it. */
  readonly support?: ParameterSupport;
  /** What it is where the model gives it neither a line nor a number; without it, it is then a parameter. */
  readonly fixed?: number;
  /**
   * The default prior of the parameter as one number; without it gamma(0.01, 0.01) of a positive one, beta(1, 1) of a probability, normal(0, 2.5) of a real one. "response": student_t(3, 0, 2.5 s),
   * s the sd of the response where its mean is on the scale of `locationOf`, else 1.
   */
  readonly prior?: { readonly distribution: string; readonly arguments: readonly number[] } | "response";
}

/**
 * log p(y | eta, phi) of one row and its derivatives. Writes into `out` as far as `order` asks:
 * order 0 the value; 1 also dEta and dPhi; 2 also dEta2 and dEtaPhi; 3 also dEta3 and dEta2Phi. What was not asked may be overwritten
 * too. The derivatives in phi are arrays of its length.
 * Where the density is zero or eta is outside the link's range the value is -Infinity and the derivatives are NaN or any number.
 */
export interface RowLikelihood {
  evaluate(y: number, trials: number, eta: number, phi: Auxiliary, order: 0 | 1 | 2 | 3, out: RowDerivatives): void;
}

/** log P(Y <= y) and log P(Y > y) of a continuous response at a y inside its support, with derivatives. */
export interface RowTails {
  readonly below: RowLikelihood;
  readonly above: RowLikelihood;
}

/** Caller-owned scratch, overwritten by every evaluation. */
export type RowDerivatives = JetDerivatives;

/** The distribution function of a row. */
export interface CumulativeProbability {
  /** Whether responses are counts, so that single values have probabilities. */
  readonly isDiscrete: boolean;
  /** P(Y <= y); NaN where a parameter is outside its range. */
  probability(y: number, mu: number, phi: Auxiliary, trials: number): number;
  /** P(Y > y), which keeps its digits where it is small; without it, it is what the probability leaves of 1. */
  upper?(y: number, mu: number, phi: Auxiliary, trials: number): number;
  /** Where P(Y <= y) is a probability between 0 and 1; without it, it is searched for. */
  quantile?(probability: number, mu: number, phi: Auxiliary, trials: number): number;
}

/** How a family meets its fused kernel. */
export interface FamilyKernel {
  /** The kernel's name in `kernel/`: "poisson-log". */
  readonly name: string;
  /** Made once for the data. `trials` is null for a family without a data slot. */
  remainder(y: Float64Array, trials: Float64Array | null): Remainder;
  /**
   * The kernel that serves rows whose log densities are multiplied by weights w, of a family without a dispersion: it takes w y for y, and w
   * times as many trials (one trial a row of a family without) or log w added to the linear predictor. Absent where there is none.
   */
  readonly weighted?: { readonly name: string; readonly by: "trials" | "offset" };
}

/**
 * The part of the log-likelihood of all rows that a kernel leaves out, which no linear predictor touches, as a function of
 * the dispersion; its derivative goes to `out.dDispersion`.
 */
export type Remainder = (dispersion: number, out: { dDispersion: number }) => number;
