import type { Design, PredictorDesign } from "../design/Design.js";
import type { Problem } from "../language/ModelError.js";
import { exp } from "../math/special/elementary.js";
import type { ModelPriors, PredictorPriors, ScalarPrior } from "./resolvePriors.js";

/** A covariate whose mean is this many of its sds from zero has a far origin. */
const FAR = 10;
/** A prior that leaves a size less probability than this rules it out. */
const RULED_OUT = 0.01;

/** A coefficient, or the sd of one, with its column. */
interface Effect {
  readonly name: string;
  readonly values: Float64Array;
  /** Null where it has none, or one that does not depend on the origin: the intercept at the covariates' means. */
  readonly prior: ScalarPrior | null;
}

/** `slope` multiplies a covariate times the column of `base`, which is what it says where that covariate is zero. */
interface Pair {
  readonly base: Effect;
  readonly slope: Effect;
  readonly covariate: string;
  /** The covariate where the base column is not zero. */
  readonly range: readonly [number, number];
  readonly distance: number;
}

/**
 * Warns of priors that mean a covariate's zero where that is far from its values: of an intercept's sd or a coefficient that would have to
 * be larger there than its prior allows, and of default priors scaled by the spread of a product that is that of its other part.
 */
export function originProblems(design: Design, priors: ModelPriors): Problem[] {
  return design.predictors.flatMap((part, k) => {
    const { intercept, coefficients, terms } = priors.predictors[k];
    const span = (place: Problem["span"]) => (place === undefined ? {} : { span: place });
    const fixed = fixedEffects(part, intercept, coefficients);
    return [
      ...problemsOf(fixed, "coefficient").map((problem) => ({ ...problem, ...span(part.span) })),
      ...part.randomTerms.flatMap((term, t) => {
        const effects = columnsOf(term.coefficients, term.Z, terms[t].sds);
        return problemsOf(effects, "sd").map((problem) => ({ ...problem, ...span(term.span ?? part.span) }));
      }),
    ];
  });
}

function fixedEffects(
  { columns, X }: PredictorDesign,
  intercept: PredictorPriors["intercept"],
  coefficients: PredictorPriors["coefficients"],
): Effect[] {
  const raw = intercept === null || intercept.centred ? null : intercept.prior;
  return columnsOf(
    columns,
    X,
    coefficients.map((prior) => prior ?? raw),
  );
}

function columnsOf(names: readonly string[], matrix: Float64Array, priors: readonly (ScalarPrior | null)[]): Effect[] {
  const n = matrix.length / names.length;
  return names.map((name, k) => ({ name, values: matrix.subarray(k * n, (k + 1) * n), prior: priors[k] }));
}

function problemsOf(effects: readonly Effect[], kind: "coefficient" | "sd"): Omit<Problem, "span">[] {
  const named = productsByName(effects.map(({ name }) => name));
  const pairs = named.flatMap(({ base, slope, covariate }) => pairOf(effects[base], effects[slope], covariate) ?? []);
  const affected = new Map<string, { readonly pair: Pair; readonly reasons: string[] }>();
  for (const pair of pairs) {
    const reasons = [...tooSmall(pair, kind), ...badlyScaled(pair)];
    if (reasons.length === 0) continue;
    const known = affected.get(pair.covariate);
    if (known === undefined) affected.set(pair.covariate, { pair, reasons });
    else known.reasons.push(...reasons);
  }
  return [...affected.values()].map(({ pair: { covariate, range }, reasons }) => ({
    code: "prior-origin",
    severity: "warning",
    message: `priors at ${covariate} = 0, far from its values (${short(range[0])} to ${short(range[1])}): ${reasons.join("; ")}`,
    hint:
      `write center(${covariate}) for ${covariate}, which leaves the model as it is and makes these priors about its mean; or state priors ` +
      `that are meant at ${covariate} = 0`,
  }));
}

/**
 * The columns that are another one's times a covariate, by their names: "x" is so of "Intercept", "a:x" and "x:a" of "a". In the order of the
 * bases, then of the slopes; the time is linear in the columns.
 */
export function productsByName(
  names: readonly string[],
): { readonly base: number; readonly slope: number; readonly covariate: string }[] {
  const key = (parts: readonly string[]) => [...parts].sort().join(":");
  const bases = new Map<string, number[]>();
  names.forEach((name, base) => {
    const own = name === "Intercept" ? "" : key(name.split(":"));
    const known = bases.get(own);
    if (known === undefined) bases.set(own, [base]);
    else known.push(base);
  });
  const pairs = names.flatMap((name, slope) => {
    const parts = name.split(":");
    if (new Set(parts).size < parts.length || name === "Intercept") return [];
    return parts.flatMap((covariate, v) =>
      (bases.get(key(parts.filter((_, w) => w !== v))) ?? []).map((base) => ({ base, slope, covariate })),
    );
  });
  return pairs.sort((a, b) => a.base - b.base || a.slope - b.slope);
}

/** Null unless the slope's column is the base's times a covariate that is far from zero. */
function pairOf(base: Effect, slope: Effect, covariate: string): Pair | null {
  let count = 0;
  let origin = 0;
  let sum = 0;
  let squares = 0;
  let least = Infinity;
  let largest = -Infinity;
  for (let i = 0; i < base.values.length; i++) {
    if (base.values[i] === 0) {
      if (slope.values[i] !== 0) return null;
      continue;
    }
    const value = slope.values[i] / base.values[i];
    // Sums of what a first value leaves keep the digits in which values differ.
    if (count++ === 0) origin = value;
    sum += value - origin;
    squares += (value - origin) ** 2;
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  const distance = Math.abs(origin + sum / count);
  const variance = Math.max(0, squares - (sum * sum) / count) / (count - 1);
  if (!(distance > FAR * Math.sqrt(variance)) || least === largest) return null;
  return { base, slope, covariate, range: [least, largest], distance };
}

/** Why the base's prior is too narrow for what the slope's makes of it. */
function tooSmall({ base, slope, distance }: Pair, kind: "coefficient" | "sd"): string[] {
  if (base.prior === null || slope.prior === null || !base.prior.used.proper || !slope.prior.used.proper) return [];
  const implied = distance * typicalSize(slope.prior);
  if (!(1 - exp(base.prior.density.logProbability(-implied, implied)) < RULED_OUT)) return [];
  const sign = kind === "sd" ? "" : "+-";
  return [
    `with ${slope.prior.used.name} at the median of its prior ${base.prior.used.name} is ${sign}${short(implied)}, which its prior, ` +
      `${base.prior.used.distribution}, all but rules out; prior and data may then have a mode each, of which an engine may find one`,
  ];
}

/** The median of the size of what a prior is on. */
function typicalSize({ density }: ScalarPrior): number {
  if (density.lower >= 0) return density.quantile(0.5);
  return Math.max(Math.abs(density.quantile(0.25)), Math.abs(density.quantile(0.75)));
}

/** Why the default prior of a slope is scaled by the wrong thing: its column is nearly a multiple of the base's. */
function badlyScaled({ base, slope, covariate }: Pair): string[] {
  if (base.name === "Intercept" || slope.prior?.used.origin !== "default") return [];
  return [
    `the default prior on ${slope.prior.used.name}, ${slope.prior.used.distribution}, takes its scale from a product that at such values of ` +
      `${covariate} is nearly a multiple of ${base.name}`,
  ];
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
