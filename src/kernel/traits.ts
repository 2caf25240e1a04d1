import * as D from "./descriptor.js";

/** The row that pads an odd n: together its response and linear predictor add nothing beyond rounding to any sum. */
export interface KernelTraits {
  readonly code: number;
  readonly needsTrials: boolean;
  readonly padResponse: number;
  readonly padEta: number;
}

const certain = { needsTrials: false, padResponse: 1, padEta: 1e9 };
const untried = { needsTrials: true, padResponse: 0, padEta: 0 };
const uncounted = { needsTrials: false, padResponse: 0, padEta: -1e9 };

const kernels: ReadonlyMap<string, KernelTraits> = new Map([
  ["normal-identity", { code: D.NORMAL_IDENTITY, needsTrials: false, padResponse: 0, padEta: 0 }],
  ["bernoulli-logit", { code: D.BERNOULLI_LOGIT, ...certain }],
  ["bernoulli-probit", { code: D.BERNOULLI_PROBIT, ...certain }],
  ["bernoulli-cloglog", { code: D.BERNOULLI_CLOGLOG, ...certain }],
  ["binomial-logit", { code: D.BINOMIAL_LOGIT, ...untried }],
  ["binomial-probit", { code: D.BINOMIAL_PROBIT, ...untried }],
  ["binomial-cloglog", { code: D.BINOMIAL_CLOGLOG, ...untried }],
  ["poisson-log", { code: D.POISSON_LOG, ...uncounted }],
  ["negative_binomial-log", { code: D.NEGATIVE_BINOMIAL_LOG, ...uncounted }],
]);

export const kernelNames: readonly string[] = [...kernels.keys()];

/** Throws RangeError on an unknown kernel. */
export function traitsOf(kernel: string): KernelTraits {
  const traits = kernels.get(kernel);
  if (traits === undefined) throw new RangeError(`no kernel "${kernel}"; there are ${kernelNames.join(", ")}`);
  return traits;
}
