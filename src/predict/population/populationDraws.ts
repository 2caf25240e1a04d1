import type { TableInput } from "../../data/toTable.js";
import type { Steps } from "../../math/steps.js";
import type { Estimate } from "../../summary/Estimate.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import { fittedEnsemble } from "../fittedEnsemble.js";
import type { QuantityDraws } from "../QuantityDraws.js";
import { rowsToPredict } from "../rowsToPredict.js";
import { averaged } from "./population.js";

/** What `population` tells, at each draw of a posterior: `marginal beta[x]`, `icc[g]`, `r2`. Throws what `population` throws. */
export function* populationDraws(fit: Fitted, data: TableInput | null, level: number): Steps<QuantityDraws[]> {
  const { rows } = rowsToPredict(fit, data, false);
  const valuesOf = new Map<Estimate, Float64Array>();
  const plain = fittedEnsemble(fit, level);
  const ensemble: Ensemble = {
    ...plain,
    estimate(values, variance) {
      const estimate = plain.estimate(values, variance);
      valuesOf.set(estimate, values.slice());
      return estimate;
    },
  };
  const { coefficients, variances, response, groups, r2 } = yield* averaged(fit, rows, data === null, ensemble);
  const named: (readonly [name: string, estimate: Estimate | null | undefined])[] = [
    ...coefficients.map(({ name, marginal }) => [`marginal ${name}`, marginal] as const),
    ...variances.map(({ name, share }) => [`share of variance[${name}]`, share] as const),
    ["mean of responses", response.mean],
    ["variance of responses", response.variance],
    ...groups.flatMap(({ factors, link, response: ofResponses }) => [
      [`icc[${factors.join(", ")}]`, link] as const,
      [`icc of responses[${factors.join(", ")}]`, ofResponses] as const,
    ]),
    ["r2 marginal", r2.link?.marginal],
    ["r2 conditional", r2.link?.conditional],
    ["r2 of responses marginal", r2.response?.marginal],
    ["r2 of responses conditional", r2.response?.conditional],
  ];
  return named.flatMap(([name, estimate]) => {
    const values = estimate ? valuesOf.get(estimate) : undefined;
    return values === undefined ? [] : [{ name, values }];
  });
}
