import type { MlFit } from "../../fit/MlFit.js";
import { createStream } from "../../math/random/createStream.js";
import type { Steps } from "../../math/steps.js";
import type { SimulatedReference } from "../../summary/SimulatedReference.js";
import { referredTo } from "./referredTo.js";
import { hasEffects, type Known, type Nested, refuse, testedVariance } from "./testedVariance.js";
import { varianceNull } from "./varianceNull.js";
import { varianceNullDraws } from "./varianceNullDraws.js";

/**
 * The exact distribution of the test of one variance in a linear mixed model, which may hold fixed effects too. Where the smaller model has other random effects, that of a model without these, which is
 * close to it (Greven, Crainiceanu, Küchenhoff & Peters 2008). Throws ComparisonError for other tests.
 */
export function* exactReference(
  statistic: number,
  [smaller, larger]: readonly [MlFit, MlFit],
  relation: Nested,
  { replicates, seed }: { readonly replicates: number; readonly seed: number | string },
): Steps<SimulatedReference> {
  const { term, held } = testedVariance(known(smaller), known(larger), relation);
  const setting = varianceNull(larger.design, term, larger.ml.reml ? null : held);
  if (setting === null) return refuse("the factor has too many levels, whose numbers of rows differ");
  yield;
  const draws = yield* varianceNullDraws(setting, replicates, createStream(`${seed}:exact`, 1));
  const isApproximate = hasEffects(smaller);
  return referredTo(statistic, draws, { kind: "exact", isApproximate, failed: 0, untrusted: 0 });
}

function known({ design, compiled, ml: { method } }: MlFit): Known {
  return { design, compiled, method };
}
