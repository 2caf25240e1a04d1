import { exp, log } from "../math/special/elementary.js";
import { logNormalCdf, logNormalDensity, normalQuantile } from "../math/special/normalDistribution.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive, real } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** lognormal(meanlog, sdlog): log X is normal(meanlog, sdlog). @stdlib/stats-base-dists-lognormal-quantile is off by 3.3e-5, relatively, at a probability of 1e-13. */
export const lognormal: PriorDistribution = {
  name: "lognormal",
  parameters: [real("meanlog"), positive("sdlog")],
  make: ([meanlog, sdlog]) => makeLognormal(meanlog, sdlog),
  rescaled: ([meanlog, sdlog], factor) => [meanlog, factor * sdlog],
};

function makeLognormal(meanlog: number, sdlog: number): Univariate {
  const logSd = log(sdlog);
  const standardise = (logX: number) => (logX - meanlog) / sdlog;
  return univariate({
    lower: 0,
    upper: Infinity,
    logDensity(x) {
      const logX = log(x);
      return logNormalDensity(standardise(logX)) - logSd - logX;
    },
    derivative: (x) => -(1 + standardise(log(x)) / sdlog) / x,
    stan: stanCall("lognormal_lpdf", meanlog, sdlog),
    logCdf: (x) => logNormalCdf(standardise(log(x))),
    logSurvival: (x) => logNormalCdf(-standardise(log(x))),
    quantile: (probability) => exp(meanlog + sdlog * normalQuantile(probability)),
  });
}
