/** A level of a factor, or a value of a numeric variable. */
export type Level = number | string;

/** How means and what is made of them were taken from a fit. */
export interface EstimandSetting {
  readonly engine: string;
  /** What the means are of: "count". */
  readonly response: string;
  readonly link: string;
  /** What the scale of the linear predictor is called where it is not that of link(mean): "latent scale", "log(mu)"; null elsewhere. */
  readonly scaleName: string | null;
  /** The linear predictor, or the mean of the response. */
  readonly scale: "link" | "mean";
  /** What was made of the random effects; null where it makes no difference. */
  readonly effects: "conditional" | "marginal" | "zero" | null;
  /** What was averaged: linear predictors over the reference grid, means over the grid, or over the rows of the data. */
  readonly average: "link" | "mean" | "rows";
  /** How combinations of levels count that were averaged over: each alike, or as often as it is in the data. */
  readonly weights: "equal" | "observed";
  /** Probability of the intervals. */
  readonly level: number;
  /** Variables of which there is one value each. */
  readonly held: readonly HeldVariable[];
  /** Variables that were averaged over, and their values. */
  readonly averaged: readonly { readonly name: string; readonly levels: readonly Level[] }[];
  /** The offset as it is written, "log(weeks)", and its mean where it stands there; null of one by the values of its variables. Null where the model has none. */
  readonly offset: { readonly text: string; readonly value: number | null } | null;
  /** For information. */
  readonly notes: readonly string[];
}

/** A variable of the model with one value. */
export interface HeldVariable {
  readonly name: string;
  readonly value: Level;
  /** The mean over the rows used, the first level, the only value there is, or as it was given. */
  readonly how: "mean" | "first" | "only" | "given";
}

/** What is known of a number that a fit tells of. */
export interface EstimandNumbers {
  /** The posterior median; of maximum likelihood the value at its estimates. NaN where the data do not determine it. */
  readonly estimate: number;
  /** The posterior sd, or the standard error. */
  readonly sd: number;
  readonly lower: number;
  readonly upper: number;
  /** By which intervals and tests are Student's t, of linear mixed models; null for the normal distribution and posteriors. */
  readonly degreesOfFreedom: number | null;
}

/** Values of variables, in the order in which they were asked for. */
export type LevelsByName = Readonly<Record<string, Level>>;

/** Estimated marginal means: plain data. */
export interface Means extends EstimandSetting {
  readonly of: readonly string[];
  readonly by: readonly string[];
  readonly rows: readonly MeanRow[];
}

/** A mean at values of the variables it was asked of. */
export interface MeanRow extends EstimandNumbers {
  readonly levels: LevelsByName;
}

/** How a number stands to what it would be without an effect: 0 of a difference, 1 of a ratio. */
export interface EffectNumbers extends EstimandNumbers {
  /** The test statistic of maximum likelihood, on the scale that the test is made on; null of a posterior. */
  readonly statistic: number | null;
  /** The two-sided p value, adjusted where that was asked for; null of a posterior. */
  readonly pValue: number | null;
  /** The posterior probability that the number is larger than without an effect; null of maximum likelihood. */
  readonly probability: number | null;
  /** The posterior probability that the number is in the region of practical equivalence; null where no region is given. */
  readonly equivalence: number | null;
}

/** Contrasts of estimated marginal means: plain data. */
export interface Contrasts extends EstimandSetting {
  readonly of: readonly string[];
  readonly by: readonly string[];
  /** "difference of means", "odds ratio" */
  readonly quantity: string;
  /** What they are without an effect: 0 or 1. */
  readonly null: 0 | 1;
  /** How intervals and p values allow for there being several. */
  readonly adjust: "none" | "bonferroni" | "holm" | "tukey";
  /** Ends of the region of practical equivalence. */
  readonly rope: readonly [lower: number, upper: number] | null;
  readonly rows: readonly ContrastRow[];
}

/** A contrast at levels of the variables of `by`. */
export interface ContrastRow extends EffectNumbers {
  /** "drug - control" */
  readonly contrast: string;
  readonly levels: LevelsByName;
}

/** Slopes of a fit: plain data. */
export interface Slopes extends EstimandSetting {
  readonly of: readonly string[];
  readonly by: readonly string[];
  /** Ends of the region of practical equivalence. */
  readonly rope: readonly [lower: number, upper: number] | null;
  readonly rows: readonly SlopeRow[];
}

/** The slope of a variable at levels of others. */
export interface SlopeRow extends EffectNumbers {
  readonly variable: string;
  /** "drug - control" of a factor; null of a number, whose slope is a derivative. */
  readonly contrast: string | null;
  readonly levels: LevelsByName;
}

/** Tests of hypotheses about parameters: plain data. */
export interface HypothesisTests {
  readonly engine: string;
  /** Probability of the intervals. */
  readonly level: number;
  /** Ends of the region of practical equivalence. */
  readonly rope: readonly [lower: number, upper: number] | null;
  /** What is to be said of single hypotheses. */
  readonly notes: readonly string[];
  readonly rows: readonly HypothesisRow[];
  /** The test of all hypotheses together; null where that was not asked for. */
  readonly joint: JointTest | null;
}

/** A hypothesis in numbers, which are of its left side less its right one. Of an inequality the p value is one-sided, and the probability that of its holding. */
export interface HypothesisRow extends EffectNumbers {
  /** The hypothesis as it was written. */
  readonly hypothesis: string;
  readonly relation: "=" | "<" | ">";
  /** What the p value is of; null of a posterior. */
  readonly test: "z" | "t" | "likelihood-ratio" | null;
  /** The posterior probability of an inequality over that of the opposite; null of an equation and of maximum likelihood. */
  readonly evidenceRatio: number | null;
}

/** Several hypotheses together. */
export interface JointTest {
  /** For maximum likelihood a test of equations; for a posterior whether all inequalities hold, or how far equations are from the posterior mean, in the metric of its covariance. */
  readonly test: "F" | "chi-square" | "likelihood-ratio" | "all-hold" | "ellipsoid";
  /** Null of a posterior. */
  readonly statistic: number | null;
  readonly degreesOfFreedom: number | null;
  /** The denominator degrees of freedom of F; null otherwise. */
  readonly denominatorDegreesOfFreedom: number | null;
  /** Null of a posterior. */
  readonly pValue: number | null;
  /** The posterior probability that all inequalities hold, or that the parameters are as far from their mean as the equations are; null of maximum likelihood. */
  readonly probability: number | null;
}
