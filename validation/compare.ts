/** A marginal as both sides report it. */
export interface Estimate {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  /** Monte Carlo standard error of the mean. */
  readonly mcse: number;
  readonly rhat: number;
  readonly essBulk: number;
}

/** A summary's row; one that was not drawn lacks what MCMC diagnostics measure. */
interface Row extends Pick<Estimate, "name" | "mean" | "sd"> {
  readonly mcse?: number;
  readonly rhat?: number;
  readonly essBulk?: number;
}

/** The same marginal by two programs. */
export interface Comparison {
  readonly name: string;
  /** Difference of the means over its Monte Carlo standard error, both sides' in quadrature. */
  readonly z: number;
  readonly logSdRatio: number;
  /** Monte Carlo standard error of `logSdRatio`; a log sd's own is about 1 / sqrt(2 ESS). */
  readonly logSdRatioError: number;
}

/** What is asked of a case, and of the random effects of all cases together. */
export interface Bounds {
  /** Of |z|, for every population parameter. */
  readonly z: number;
  /** Of |z|, for every random effect; few may lie beyond `z`. */
  readonly effectZ: number;
  /** The share of random effects, all cases together, that may lie beyond `z`. */
  readonly shareOfEffectsBeyondZ: number;
  /** Of |log sd ratio| for every population parameter, unless `logSdRatioErrors` of its Monte Carlo errors are more. */
  readonly logSdRatio: number;
  readonly logSdRatioErrors: number;
  /** Of R-hat, for everything. */
  readonly rhat: number;
}

export const bounds: Bounds = {
  z: 4,
  effectZ: 5.5,
  shareOfEffectsBeyondZ: 0.001,
  logSdRatio: 0.05,
  logSdRatioErrors: 4,
  rhat: 1.01,
};

export function compareEstimates(ours: Estimate, reference: Estimate): Comparison {
  return {
    name: ours.name,
    z: (ours.mean - reference.mean) / Math.hypot(ours.mcse, reference.mcse),
    logSdRatio: Math.log(ours.sd / reference.sd),
    logSdRatioError: Math.hypot(1 / Math.sqrt(2 * ours.essBulk), 1 / Math.sqrt(2 * reference.essBulk)),
  };
}

/** Estimates of one model by name: population parameters, and random effects. */
export interface Estimates {
  readonly parameters: readonly Estimate[];
  readonly randomEffects: readonly Estimate[];
}

export function estimatesOf(summary: {
  readonly parameters: readonly Row[];
  readonly randomEffects: readonly Row[];
}): Estimates {
  const drawn = ({ name, mean, sd, mcse = NaN, rhat = NaN, essBulk = NaN }: Row) => ({
    name,
    mean,
    sd,
    mcse,
    rhat,
    essBulk,
  });
  return { parameters: summary.parameters.map(drawn), randomEffects: summary.randomEffects.map(drawn) };
}

export interface CaseComparison {
  readonly parameters: readonly Comparison[];
  readonly randomEffects: readonly Comparison[];
  /** Random effects with |z| beyond the bound of population parameters. */
  readonly effectsBeyondZ: number;
  readonly maxRhat: number;
  readonly minEssBulk: number;
  /** One line each; empty where the case passes. */
  readonly failures: readonly string[];
}

export function compareCase(ours: Estimates, reference: Estimates, limits = bounds): CaseComparison {
  const parameters = pair(ours.parameters, reference.parameters);
  const randomEffects = pair(ours.randomEffects, reference.randomEffects);
  const all = [...ours.parameters, ...ours.randomEffects];
  return {
    parameters: parameters.compared,
    randomEffects: randomEffects.compared,
    effectsBeyondZ: randomEffects.compared.filter(({ z }) => !(Math.abs(z) < limits.z)).length,
    maxRhat: Math.max(...all.map(({ rhat }) => rhat)),
    minEssBulk: Math.min(...all.map(({ essBulk }) => essBulk)),
    failures: [
      ...parameters.unmatched,
      ...randomEffects.unmatched,
      ...parameters.compared.flatMap((comparison) => parameterFailures(comparison, limits)),
      ...randomEffects.compared.flatMap(({ name, z }) => beyond(name, "|z|", Math.abs(z), limits.effectZ)),
      ...all.flatMap(({ name, rhat }) => beyond(name, "R-hat", rhat, limits.rhat)),
    ],
  };
}

/** Whether too many of the random effects of all cases lie beyond `bounds.z`: none in a thousand, one in two thousand. */
export function effectsFailures(cases: readonly CaseComparison[]): string[] {
  const effects = cases.reduce((sum, { randomEffects }) => sum + randomEffects.length, 0);
  const count = cases.reduce((sum, { effectsBeyondZ }) => sum + effectsBeyondZ, 0);
  const allowed = Math.floor(bounds.shareOfEffectsBeyondZ * effects);
  return count <= allowed
    ? []
    : [`${count} of ${effects} random effects beyond |z| = ${bounds.z}; allowed: ${allowed}`];
}

/** The comparison whose `measure` is furthest from 0; null of none. NaN counts as furthest. */
export function worst(comparisons: readonly Comparison[], measure: "z" | "logSdRatio"): Comparison | null {
  const size = (comparison: Comparison) => {
    const value = Math.abs(comparison[measure]);
    return Number.isNaN(value) ? Infinity : value;
  };
  return comparisons.reduce<Comparison | null>((a, b) => (a === null || size(b) > size(a) ? b : a), null);
}

function pair(ours: readonly Estimate[], reference: readonly Estimate[]) {
  const byName = new Map(ours.map((estimate) => [estimate.name, estimate]));
  const names = new Set(reference.map(({ name }) => name));
  const compared: Comparison[] = [];
  const unmatched = ours.flatMap(({ name }) => (names.has(name) ? [] : [`${name}: not in the reference`]));
  for (const expected of reference) {
    const estimate = byName.get(expected.name);
    if (estimate === undefined) unmatched.push(`${expected.name}: in the reference, not in the fit`);
    else compared.push(compareEstimates(estimate, expected));
  }
  return { compared, unmatched };
}

function parameterFailures({ name, z, logSdRatio, logSdRatioError }: Comparison, limits: Bounds): string[] {
  const allowed = Math.max(limits.logSdRatio, limits.logSdRatioErrors * logSdRatioError);
  return [
    ...beyond(name, "|z|", Math.abs(z), limits.z),
    ...beyond(name, "|log sd ratio|", Math.abs(logSdRatio), allowed),
  ];
}

/** NaN is beyond every bound. */
function beyond(name: string, what: string, value: number, bound: number): string[] {
  return value < bound ? [] : [`${name}: ${what} is ${value.toFixed(4)}, must be below ${bound.toFixed(4)}`];
}
