import type { Design, PredictorDesign } from "../design/Design.js";
import { recessionOf, type Sides } from "../design/recession.js";
import { outcomesOf } from "../design/separation.js";
import type { Family } from "../family/Family.js";
import type { Problem } from "../language/ModelError.js";
import { runSync } from "../math/steps.js";
import { exactFit } from "./exactFit.js";
import type { ModelPriors, PredictorPriors, ScalarPrior } from "./resolvePriors.js";

/** Multiplications of a test of an sd; with more levels than that allows, few levels are not the trouble. */
const MOST_OPERATIONS = 2e8;
/** Where the exponents of an improper prior's tails are read off. */
const FAR = 1e6;
const ROUNDING = 1e-6;
/** Coefficients that a message names. */
const MOST_NAMED = 5;

/** A coefficient with a flat prior. */
interface FlatCoefficient {
  readonly name: string;
  /** Length n: what a unit of the coefficient adds to the linear predictor, the other sampled coefficients being held. */
  readonly column: Float64Array;
}

/**
 * Improper priors that leave no posterior, whatever the priors on all else, as far as that can be shown; each a problem of code "improper-posterior"
 * that engines with priors refuse.
 *
 * Coefficients: along a direction d of flat coefficients with side_i x_i'd >= 0 in the rows whose likelihood keeps a positive limit on that side, and
 * x_i'd = 0 in the others, the likelihood does not fall to zero from any point, at any random effects, so that its integral along d is infinite.
 * That is a direction of recession (Geyer, 2009, Electronic J. Statistics 3; for logistic regression O'Brien & Dunson, 2004, Biometrics 60).
 *
 * An sd s of J effects: as s grows, the likelihood integrated over effects and flat coefficients falls as s^-k, k = J - dim C, where C is the
 * cone of directions of (flat coefficients, effects) as above: substitute b = s u, beta = s g, and the likelihood concentrates on C. Under a prior that
 * is about s^a there the posterior is improper if k <= 1 + a. For a normal response and a flat intercept k = J - 1: a flat prior on s needs three levels
 * (Gelman, 2006, Bayesian Analysis 1), and one on s^2 four. As s goes to zero the likelihood has a positive limit, so that a prior of infinite mass there,
 * as a flat one on a precision has, leaves no posterior ever.
 *
 * A dispersion: as it grows, the likelihood of n rows falls as its power -(n t - r), with the family's `dispersionTail` t and the rank r of the flat
 * coefficients where t > 0 and the link is the identity.
 *
 * An exact fit: where fixed and random effects are equal to a normal response, the likelihood rises as sigma^-(n - rank) as sigma goes to zero, under any
 * proper priors on them.
 */
export function improperPosteriors(design: Design, priors: ModelPriors, family: Family): ImproperPosteriors {
  const flat = design.predictors.map((part, k) => flatCoefficients(design, part, priors.predictors[k]));
  const sides = design.predictors.map((part, k) =>
    k === 0 ? sidesOfMean(design, part, family) : sidesOfDispersion(design, family),
  );
  const ofCoefficients = design.predictors.flatMap((part, k) =>
    mayHaveRecession(design, k, sides[k]) ? coefficientFinding(part, flat[k], sides[k]) : [],
  );
  const found =
    ofCoefficients.length > 0
      ? ofCoefficients
      : [
          ...sdFindings(design, priors.predictors[0], flat[0], sides[0]),
          ...priors.scalars.flatMap((prior) => dispersionFinding(design, prior, flat[0], family)),
          ...priors.scalars.flatMap((prior) => exactFitFinding(design, priors.predictors[0], prior, family)),
        ];
  const names = new Set(found.flatMap((finding) => finding.names));
  const span = design.response.span === undefined ? {} : { span: design.response.span };
  return {
    problems: found.map(({ message, hint, place }) => ({
      code: "improper-posterior",
      severity: "warning",
      message: `the posterior is improper: ${message}`,
      hint,
      ...span,
      ...place,
    })),
    isProven: (name) => names.has(name),
  };
}

export interface ImproperPosteriors {
  readonly problems: readonly Problem[];
  /** Whether the prior of this name is among those that leave no posterior. */
  isProven(name: string): boolean;
}

interface Finding {
  readonly names: readonly string[];
  readonly message: string;
  readonly hint: string;
  readonly place?: Pick<Problem, "span">;
}

function flatCoefficients({ rows }: Design, part: PredictorDesign, priors: PredictorPriors): FlatCoefficient[] {
  const { intercept, coefficients } = priors;
  return coefficients.flatMap((own, k) => {
    const prior = own ?? intercept?.prior;
    if (prior === undefined || prior.used.proper) return [];
    // The sampled columns are centred where the prior is on the centred intercept; with a flat raw one they span the same.
    const isCentred = own !== null && intercept !== null && (intercept.centred || !intercept.prior.used.proper);
    const mean = isCentred ? part.columnMeans[k] : 0;
    const column = part.X.subarray(k * rows, (k + 1) * rows).map((value) => value - mean);
    return [{ name: prior.used.name, column }];
  });
}

/** 1 and -1 where a row's likelihood keeps a positive limit as its linear predictor goes to Infinity, and to -Infinity. */
function sidesOfMean({ rows, response }: Design, { link }: PredictorDesign, family: Family): Sides {
  // A mean of zero is nothing special to a normal response.
  if (family.dispersionIsSd && link === "log") return new Int8Array(rows).fill(-1);
  return outcomesOf(family, response, link)?.sides ?? new Int8Array(rows);
}

function sidesOfDispersion({ rows }: Design, family: Family): Sides {
  return new Int8Array(rows).fill(family.dispersionTail === 0 ? 1 : 0);
}

/** Columns that are independent and separate nothing have no direction, nor have some of them: the design has looked at the mean's. */
function mayHaveRecession({ predictors, separation }: Design, k: number, sides: Sides): boolean {
  const isLookedAt = k === 0 && (sides.includes(1) || sides.includes(0));
  return predictors[k].dependent !== null || separation !== null || (!isLookedAt && sides.some((side) => side !== 0));
}

function coefficientFinding(part: PredictorDesign, flat: readonly FlatCoefficient[], sides: Sides): Finding[] {
  if (flat.length === 0) return [];
  const columns = flat.map(({ column }) => column);
  const recession = runSync(recessionOf(columns, sides));
  if (recession === "unchecked" || recession.span.length === 0) return [];
  const names = flat.flatMap(({ name }, k) => (recession.span.some((vector) => vector[k] !== 0) ? [name] : []));
  const isOne = names.length === 1;
  const what = isOne ? "it" : "a combination of them";
  const why = recession.movesRows
    ? `the likelihood does not fall to zero as ${what} runs to infinity`
    : `the likelihood does not depend on ${what}`;
  return [
    {
      names,
      message: `${isOne ? `the prior on ${names[0]} is` : `the priors on ${listed(names)} are`} flat, and ${why}`,
      hint: `give ${listed(names)} a proper prior, such as normal(0, 2.5); maximum likelihood (--engine ml) names what the data do not determine`,
      ...(part.span === undefined ? {} : { place: { span: part.span } }),
    },
  ];
}

function sdFindings(
  design: Design,
  { terms }: PredictorPriors,
  flat: readonly FlatCoefficient[],
  sides: Sides,
): Finding[] {
  const [mean] = design.predictors;
  return terms.flatMap(({ sds }, t) =>
    sds.flatMap((prior, effect) => {
      if (prior === null || prior.used.proper) return [];
      const why = divergenceAtZero(prior) ?? divergenceFar(prior, exponentOfSd(design, t, effect, flat, sides));
      if (why === null) return [];
      const { span = mean.span } = mean.randomTerms[t];
      return [{ ...improperScale(prior, why), ...(span === undefined ? {} : { place: { span } }) }];
    }),
  );
}

/** a where the prior is about s^a, far out and near zero. */
function exponentsOf({ density }: ScalarPrior): { readonly far: number; readonly near: number } {
  return { far: FAR * density.derivative(FAR), near: density.derivative(1 / FAR) / FAR };
}

function divergenceAtZero(prior: ScalarPrior): string | null {
  if (prior.density.lower > 0 || !(exponentsOf(prior).near <= -1 + ROUNDING)) return null;
  return "it has infinite mass at standard deviations near zero, where the likelihood tends to that of the model without the effect";
}

/** `falls` is the k of a likelihood that falls as s^-k; null where it is not known. */
function divergenceFar(prior: ScalarPrior, falls: number | null): string | null {
  if (falls === null || prior.density.upper < Infinity || falls > 1 + exponentsOf(prior).far + ROUNDING) return null;
  const how = falls === 0 ? "does not fall to zero" : `falls only as its power -${falls}`;
  return `the likelihood ${how} as the standard deviation grows, for too few levels tell of it`;
}

/** J - dim C of the class comment; null where that takes too long. */
function exponentOfSd(
  { rows, predictors: [mean] }: Design,
  t: number,
  effect: number,
  flat: readonly FlatCoefficient[],
  sides: Sides,
): number | null {
  const { factor, Z } = mean.randomTerms[t];
  const { levels, levelIndex } = mean.factors[factor];
  if (2 * rows * (flat.length + levels.length) ** 2 > MOST_OPERATIONS) return null;
  const effects = levels.map((_, level) =>
    Float64Array.from({ length: rows }, (__, i) => (levelIndex[i] === level ? Z[effect * rows + i] : 0)),
  );
  const columns = [...flat.map(({ column }) => column), ...effects];
  const recession = runSync(recessionOf(columns, sides, MOST_OPERATIONS));
  return recession === "unchecked" ? null : levels.length - recession.span.length;
}

function dispersionFinding(
  { rows, predictors: [mean] }: Design,
  prior: ScalarPrior,
  flat: readonly FlatCoefficient[],
  { dispersionTail }: Family,
): Finding[] {
  if (prior.used.proper || dispersionTail === undefined) return [];
  const isLinear = dispersionTail > 0 && mean.link === "identity";
  const falls = rows * dispersionTail - (isLinear ? flat.length : 0);
  if (prior.density.upper < Infinity || falls > 1 + exponentsOf(prior).far + ROUNDING) return [];
  const why =
    dispersionTail === 0
      ? "the likelihood tends to a positive limit as it grows"
      : `with ${rows} rows and ${flat.length} flat coefficients the likelihood falls only as its power -${falls}`;
  return [improperScale(prior, why)];
}

/** Where the exponent of a prior's density near zero is read off: one of a power law is the same at both. */
const NEAR_ZERO = [1e-50, 1e-100];

/** A prior of sigma about sigma^a near zero does not make up for a likelihood that rises there as sigma^-k with k >= 1 + a. */
function exactFitFinding(
  design: Design,
  { intercept, coefficients }: PredictorPriors,
  { used, density }: ScalarPrior,
  family: Family,
): Finding[] {
  const isNormal = family.dispersionIsSd === true && design.predictors[0].link === "identity";
  if (!isNormal || design.response.errors !== null || density.lower > 0) return [];
  const isBounded = coefficients.some((own) => {
    const { lower = 0, upper = 0 } = (own ?? intercept?.prior)?.density ?? {};
    return lower > -Infinity || upper < Infinity;
  });
  const [a, nearer] = NEAR_ZERO.map((x) => x * density.derivative(x));
  const fit = isBounded || !(Math.abs(a - nearer) < ROUNDING) ? null : exactFit(design);
  if (fit === null || fit.freedom < 1 + a) return [];
  const what = fit.factor === null ? "the fixed effects are" : `the fixed effects and those of ${fit.factor} are`;
  return [
    {
      names: [],
      message:
        `${what} equal to the response in every row, so that the likelihood grows without end as ${used.name} goes to zero, ` +
        `and its prior, ${used.distribution}, does not keep it from there`,
      hint: "look for a covariate made of the response; where the response is the same in all rows of a level, take one row of each",
    },
  ];
}

function improperScale({ used: { name } }: ScalarPrior, why: string): Finding {
  const target = name.replace(/\b(var|precision)\[/, "sd[");
  return {
    names: [name],
    message: `the prior on ${name} is flat, and ${why}`,
    hint: `give ${target} a proper prior, such as student_t(3, 0, 2.5)`,
  };
}

/** "beta[x]", "beta[x] and beta[z]", "beta[x], beta[z] and 3 more" */
function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMED)
    return `${names.slice(0, MOST_NAMED - 1).join(", ")} and ${names.length - MOST_NAMED + 1} more`;
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
