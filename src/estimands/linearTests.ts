import type { TermHypothesis, TermTest } from "../engine/ml/Estimates.js";
import { linearMixedModel } from "../engine/ml/lmm.js";
import { waldTests } from "../engine/ml/termTests.js";
import type { MlFit } from "../fit/MlFit.js";
import type { Steps } from "../math/steps.js";
import type { Fitted } from "../predict/Fitted.js";

/** A hypothesis that weighted sums of parameters, by their names, all equal minus their constants. */
export interface LinearHypothesis {
  readonly name: string;
  readonly sums: readonly { readonly weights: ReadonlyMap<string, number>; readonly constant: number }[];
}

/**
 * Tests of hypotheses about coefficients of a fit by maximum likelihood: F with Satterthwaite's degrees of freedom and the method of Fai & Cornelius (1996) of a linear mixed model, which
 * finds its maximum once more for the derivatives there, else Wald's chi-square.
 */
export function* linearTests(fit: MlFit, hypotheses: readonly LinearHypothesis[]): Steps<TermTest[]> {
  if (fit.ml.method !== "lmm") {
    const names = fit.ml.parameters.map(({ name }) => name);
    return waldTests(
      hypotheses.map((hypothesis) => termHypothesis(hypothesis, names)),
      fit.ml,
      names,
    );
  }
  const latent = yield* fit.compiled.standardisedLatentGaussian();
  if (!("view" in latent)) throw new RangeError("a linear mixed model that has been fitted must have a view");
  const names = latent.view.quantities.parameters;
  const { terms } = yield* linearMixedModel(
    latent.view,
    { reml: fit.ml.reml },
    hypotheses.map((hypothesis) => termHypothesis(hypothesis, names)),
  );
  return [...(terms ?? [])];
}

function termHypothesis({ name, sums }: LinearHypothesis, names: readonly string[]): TermHypothesis {
  const used = [...new Set(sums.flatMap(({ weights }) => [...weights.keys()]))];
  return {
    name,
    parameters: used.map((parameter) => names.indexOf(parameter)),
    weights: Float64Array.from(sums.flatMap(({ weights }) => used.map((parameter) => weights.get(parameter) ?? 0))),
    constants: Float64Array.from(sums, ({ constant }) => constant),
  };
}

/** Satterthwaite's degrees of freedom of sums of the mean's coefficients, given by their weights and the names of columns; null where none are known, as of other models than linear mixed ones. */
export function* degreesOfFreedom(
  fit: Fitted,
  columns: readonly string[],
  sums: readonly (Float64Array | null)[],
): Steps<(number | null)[]> {
  if (!("ml" in fit) || fit.ml.method !== "lmm") return sums.map(() => null);
  const estimated = new Set(fit.ml.parameters.map(({ name }) => name));
  const hypotheses = sums.map((weights, k): LinearHypothesis | null => {
    const terms = columns.flatMap((column, j): [string, number][] => {
      const weight = weights?.[j] ?? 0;
      return weight !== 0 && estimated.has(`beta[${column}]`) ? [[`beta[${column}]`, weight]] : [];
    });
    return weights === null || terms.length === 0
      ? null
      : { name: `${k}`, sums: [{ weights: new Map(terms), constant: 0 }] };
  });
  const tests = yield* linearTests(
    fit,
    hypotheses.filter((one) => one !== null),
  );
  const byName = new Map(tests.map((test) => [test.name, test.denominatorDegreesOfFreedom]));
  return sums.map((_, k) => {
    const df = byName.get(`${k}`) ?? null;
    return df === null || Number.isNaN(df) ? null : df;
  });
}
