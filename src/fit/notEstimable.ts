import { heldCovariances } from "../density/quantities.js";
import type { Design, PredictorDesign } from "../design/Design.js";
import { predictorPrefix } from "../design/predictorName.js";
import type { Estimates, MlNote, ParameterEstimate, TermHypothesis } from "../engine/ml/Estimates.js";
import type { ConditionalEffects } from "../marginal/likelihoods/MarginalLikelihood.js";

/** A coefficient that maximum likelihood gives no estimate, and why. */
export interface NotEstimable {
  /** `beta[a.a3:b.b5]` */
  readonly name: string;
  /** "no row has a = a3 and b = b5", "runs to Infinity" */
  readonly reason: string;
  /** Infinity or -Infinity where the likelihood grows without end towards it; null otherwise, and where that is not unique. */
  readonly limit: number | null;
}

/** The coefficients of columns that depend on others, and those that run to infinity along a separation. */
export function notEstimable(design: Design, hasLimit: boolean): NotEstimable[] {
  const dependent = design.predictors.flatMap(({ dependent }, k) =>
    (dependent?.columns ?? []).map(({ name, reason }) => ({
      name: `${predictorPrefix(design, k)}beta[${name}]`,
      reason,
      limit: null,
    })),
  );
  const separated = (hasLimit ? (design.separation?.notEstimable ?? []) : []).map(({ name, limit }) => ({
    name: `beta[${name}]`,
    reason: Number.isNaN(limit)
      ? "it is not determined where the separated rows are fitted without error"
      : `it runs to ${limit}`,
    limit: Number.isNaN(limit) ? null : limit,
  }));
  return [...dependent, ...separated];
}

/** The hypotheses that are about estimable coefficients alone. */
export function testable(hypotheses: readonly TermHypothesis[]): TermHypothesis[] {
  return hypotheses.filter(({ parameters, weights }) =>
    parameters.every((parameter, j) => parameter >= 0 || (weights !== null && isUnused(weights, parameters.length, j))),
  );
}

function isUnused(weights: Float64Array, width: number, column: number): boolean {
  return weights.every((weight, k) => k % width !== column || weight === 0);
}

/**
 * The fit of the limit of a separated model as a fit of the model: coefficients that run to infinity have no estimate, count as
 * parameters, and are named. `design` is the model's without columns that depend on others. Levels all of whose rows are separated have the modes and standard deviations that their prior gives.
 */
export function asFitOfModel(ml: Estimates, design: Design, limit: Design): Estimates {
  const { separation } = design;
  if (separation === null) return ml;
  const infinite = new Set(separation.notEstimable.map(({ name }) => `beta[${name}]`));
  const kept = ml.parameters.map((_, k) => k).filter((k) => !infinite.has(ml.parameters[k].name));
  const size = ml.parameters.length;
  return {
    ...ml,
    parameters: kept.map((k) => ml.parameters[k]),
    covariance:
      ml.covariance &&
      Float64Array.from(kept.flatMap((r) => kept.map((c) => ml.covariance?.[r * size + c] ?? Number.NaN))),
    parameterCount: ml.parameterCount + design.predictors[0].columns.length - separation.fitted.length,
    effects: ml.effects && effectsOfModel(ml.effects, ml.parameters, design, limit),
    notes: [
      ...ml.notes,
      separationNote(
        design,
        separation.notEstimable.map(({ name }) => name),
      ),
    ],
  };
}

/** The effects of all levels of the design: the data tell nothing of those that the limit has not. */
function effectsOfModel(
  { modes, sds, covariances, means }: ConditionalEffects,
  parameters: readonly ParameterEstimate[],
  design: Design,
  limit: Design,
): ConditionalEffects {
  const [mean, reduced] = [design.predictors[0], limit.predictors[0]];
  const known = new Map([
    ...parameters.map(({ name, estimate }) => [name, estimate] as const),
    ...heldCovariances(design),
  ]);
  const prior = mean.factors.map((_, f) => effectCovariance(mean, f, known));
  const spread = (parts: readonly Float64Array[], otherwise: (covariance: Float64Array) => Float64Array) =>
    mean.factors.map(({ levels }, f) => {
      const unknown = otherwise(prior[f]);
      const position = new Map(reduced.factors[f].levels.map((level, k) => [level, k]));
      return Float64Array.from(
        levels.flatMap((level) => {
          const at = position.get(level);
          return [...(at === undefined ? unknown : parts[f].subarray(at * unknown.length, (at + 1) * unknown.length))];
        }),
      );
    });
  const diagonal = (G: Float64Array) => {
    const q = Math.round(Math.sqrt(G.length));
    return Float64Array.from({ length: q }, (_, k) => Math.sqrt(G[k * q + k]));
  };
  const zero = (G: Float64Array) => new Float64Array(Math.round(Math.sqrt(G.length)));
  return {
    modes: spread(modes, zero),
    sds: spread(sds, diagonal),
    covariances: spread(covariances, (G) => G),
    means: means && spread(means, zero),
  };
}

/** G of all effects of a factor at estimates or held values, q x q. */
function effectCovariance({ randomTerms, factors }: PredictorDesign, f: number, known: ReadonlyMap<string, number>) {
  const value = (name: string) => known.get(name) ?? Number.NaN;
  const group = factors[f].name;
  const effects = randomTerms
    .map((term, t) => ({ ...term, t }))
    .filter(({ factor }) => factor === f)
    .flatMap(({ coefficients, t }) => coefficients.map((name) => ({ t, name, sd: value(`sd[${group}, ${name}]`) })));
  return Float64Array.from(
    effects.flatMap((a, r) =>
      effects.map((b, c) => {
        if (r === c) return a.sd * a.sd;
        if (a.t !== b.t || a.sd === 0 || b.sd === 0) return 0;
        const [first, second] = r < c ? [a, b] : [b, a];
        return a.sd * b.sd * value(`cor[${group}, ${first.name}, ${second.name}]`);
      }),
    ),
  );
}

function separationNote({ rows, separation }: Design, names: readonly string[]): MlNote {
  const fitted = rows - (separation?.freeRows.length ?? rows);
  return {
    code: "separation",
    message:
      `the likelihood grows without end along ${names.join(", ")}, which have no estimates: in the limit ${fitted} of ${rows} rows are fitted ` +
      "without error. The log-likelihood is its supremum, and the other estimates and their standard errors are those of the limit",
    advice:
      "for finite estimates take --penalized (penalized: true), which maximises the likelihood times the priors, or an engine with priors, " +
      "such as nuts; likelihood-ratio tests stay meaningful, Wald tests of what runs to infinity do not exist",
  };
}
