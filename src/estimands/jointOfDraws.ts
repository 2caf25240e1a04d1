import { cholesky, solveLower } from "../math/linalg/cholesky.js";
import { dot } from "../math/linalg/triangularFactor.js";
import type { Ensemble } from "../predict/Ensemble.js";
import type { JointTest } from "../summary/Estimands.js";
import type { Hypothesis } from "./hypothesis.js";

/**
 * Several hypotheses at once by the draws of a posterior: the probability that all inequalities hold; of equations, how probable it is to be as far from the posterior mean as they are, in the metric of the
 * posterior covariance, which is small where the smallest credible ellipsoid that they are in is large.
 */
export function jointOfDraws(
  ensemble: Ensemble,
  read: readonly Hypothesis[],
  values: readonly Float64Array[],
): JointTest {
  const share = (has: (s: number) => boolean) =>
    ensemble.mean(Float64Array.from({ length: ensemble.size }, (_, s) => Number(has(s))));
  const none = { statistic: null, degreesOfFreedom: null, denominatorDegreesOfFreedom: null, pValue: null };
  const holds = (s: number) =>
    read.every(({ relation }, k) => relation === "=" || (relation === ">" ? values[k][s] > 0 : values[k][s] < 0));
  if (read.every(({ relation }) => relation !== "=")) return { test: "all-hold", ...none, probability: share(holds) };
  const equations = values.filter((_, k) => read[k].relation === "=");
  const m = equations.length;
  const L = Float64Array.from(equations.flatMap((one) => equations.map((other) => ensemble.covariance(one, other))));
  const isRegular = cholesky(L, m);
  const centre = equations.map(ensemble.mean);
  const distance = (at: (k: number) => number) => {
    const away = Float64Array.from(centre, (value, k) => at(k) - value);
    solveLower(L, m, away);
    return dot(away, away);
  };
  const ofHypothesis = distance(() => 0);
  const farther = share((s) => distance((k) => equations[k][s]) >= ofHypothesis);
  return { test: "ellipsoid", ...none, probability: isRegular ? farther : Number.NaN };
}
