/** What is made of the random effects in simulated responses. */
export const simulatedEffects = ["conditional", "marginal", "zero"] as const;
/** What is made of the random effects: those of the fit, drawn anew for all levels, or zero. */
export type SimulatedEffects = (typeof simulatedEffects)[number];

/** Simulated responses: plain data. Rows are those of the table, in its order. */
export interface Simulation {
  /** Where parameters come from: the draws or estimates of a fit, the priors, or values that were all stated. */
  readonly from: "fit" | "prior" | "stated";
  /** The engine of the fit; null without one. */
  readonly engine: string | null;
  /** Names of parameters whose values were stated. */
  readonly stated: readonly string[];
  /** The response as the model writes it. */
  readonly response: string;
  readonly family: string;
  readonly effects: SimulatedEffects;
  /** Length m: rows of the table, from 0, ascending. */
  readonly row: Int32Array;
  /** `[draw][row]`: simulated responses; NaN where the mean is too large to simulate from. */
  readonly values: readonly Float64Array[];
  /** `[draw][row]`: their means on the family's own scale, of binomial trials the probability. */
  readonly means: readonly Float64Array[];
  /** The parameters that each draw was simulated at. */
  readonly parameters: SimulatedParameters;
  /** Length m: the responses of the table; null for rows of another one. */
  readonly observed: Float64Array | null;
  /** Of responses that are categories the names of these, responses being their numbers, from 1, and means their linear predictors; else null. */
  readonly categories: readonly string[] | null;
  /** The ends of the mean's range. */
  readonly meanRange: readonly [number, number];
  /** Whether responses are counts, so that zeros have a probability; null where the family does not tell. */
  readonly isDiscrete: boolean | null;
  /** Rows that were left out because they lack a value, from 0. */
  readonly droppedRows: Int32Array;
  /** For information: that rows were left out, and how dates were counted. */
  readonly notes: readonly string[];
}

/** Parameters by their names. */
export interface SimulatedParameters {
  readonly names: readonly string[];
  /** `[draw][parameter]` */
  readonly values: readonly Float64Array[];
}

/** Probabilities of the quantiles of responses and means. */
export const simulationProbabilities = [0, 0.025, 0.25, 0.5, 0.75, 0.975, 1] as const;
/** Probabilities of the quantiles of a statistic, or of a parameter, over the data sets. */
export const statisticProbabilities = [0.05, 0.5, 0.95] as const;

/** What simulated responses look like: plain data. */
export interface SimulationSummary {
  readonly draws: number;
  readonly rows: number;
  /** At `simulationProbabilities`, over all rows of all data sets; a response that could not be simulated counts as infinite. Empty of categories. */
  readonly response: readonly number[];
  readonly mean: readonly number[];
  /** Share of responses that are 0; null where a single value has no probability. */
  readonly zeros: number | null;
  /** Share of responses that could not be simulated, because their mean is not finite or too large. */
  readonly impossible: number;
  /** Limits of plausible means, and the shares of means below and above them; null where there are no data to take them from. */
  readonly plausible: PlausibleShares | null;
  /** Statistics of a data set: their quantiles at `statisticProbabilities` over the data sets, and their values in the data. */
  readonly statistics: readonly SimulatedStatistic[];
  /** Quantiles of the parameters that the data sets were simulated at, at `statisticProbabilities`. */
  readonly parameters: readonly { readonly name: string; readonly quantiles: readonly number[] }[];
}

/** Limits of plausible means, and how many lie beyond them. */
export interface PlausibleShares {
  readonly limits: readonly [number, number];
  /** Where the limits come from, in words. */
  readonly origin: string;
  readonly below: number;
  readonly above: number;
}

/** A statistic of a data set. */
export interface SimulatedStatistic {
  /** "mean", "sd", "smallest", "largest", "share of 0" */
  readonly name: string;
  readonly quantiles: readonly number[];
  /** Null without data. */
  readonly observed: number | null;
}
