import fc from "fast-check";
import type { AuxiliarySlot, Family, RowDerivatives } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import type { Link } from "../../src/family/Link.js";
import { links } from "../../src/family/links.js";
import { newRowDerivatives } from "../../src/family/rowLikelihoods.js";
import { supports } from "../../src/family/supports.js";

export function familyNamed(name: string): Family {
  const family = families.find((each) => each.name === name);
  if (family === undefined) throw new RangeError(`no family ${name}`);
  return family;
}

export function linkNamed(name: string): Link {
  const link = links.find((each) => each.name === name);
  if (link === undefined) throw new RangeError(`no link ${name}`);
  return link;
}

export function meanLinks(family: Family): readonly string[] {
  return family.slots.flatMap((slot) => (slot.kind === "mean" ? slot.links : []));
}

/** The slots of the parameters besides the mean, in their order; those that come of categories, which have no slots, stand first. */
export function auxiliaryOf(family: Family): readonly AuxiliarySlot[] {
  const own = family.slots.filter((slot) => slot.kind === "auxiliary");
  const hasCategories = family.thresholds !== undefined || family.isCategorical === true;
  const length = hasCategories ? factsOf(family.name).parameters.length - own.length : 0;
  return [...Array.from({ length }, (_, k) => categorySlot(k)), ...own];
}

function categorySlot(k: number): AuxiliarySlot {
  return { kind: "auxiliary", name: `category[${k + 1}]`, links: ["identity"], support: "real" };
}

/** The record whose functions are those under the link. */
export function familyUnder(name: string, link: string): Family {
  const family = familyNamed(name);
  return family.withLink?.(link) ?? family;
}

/** The link by which that record's mean is read. */
export function linkUnder(name: string, link: string): string {
  return familyNamed(name).withLink === undefined ? link : "identity";
}

/** The linear predictor of a mean; itself in a family whose functions are made for the link. */
export function etaOf(family: string, link: string, mu: number): number {
  return linkNamed(linkUnder(family, link)).link(mu);
}

/** The open interval that a parameter lies in. */
export function supportOf({ support = "positive" }: AuxiliarySlot): { readonly lower: number; readonly upper: number } {
  return supports[support];
}

export function hasTrials(family: Family): boolean {
  return family.slots.some(({ kind }) => kind === "data");
}

/** Every family with each of its mean's links. */
export const familyLinks = families.flatMap((family) => meanLinks(family).map((link) => [family.name, link] as const));

/** All derivatives of one row, in an object of its own. Numbers after those of the family's own parameters are left out. */
export function evaluate(
  name: string,
  link: string,
  y: number,
  trials: number,
  eta: number,
  parameters: readonly number[],
): RowDerivatives {
  const family = familyNamed(name);
  const count = auxiliaryOf(family).length;
  const out = newRowDerivatives(count);
  for (const part of [out.dPhi, out.dEtaPhi, out.dEta2Phi]) part.fill(NaN);
  Object.assign(out, { value: NaN, dEta: NaN, dEta2: NaN, dEta3: NaN });
  family.rowLikelihood(link).evaluate(y, trials, eta, parameters.slice(0, count), 3, out);
  return out;
}

type Range = readonly [from: number, to: number];

/** What tests need to know of a family besides its record. */
interface FamilyFacts {
  /** Means that every link of the family takes, neither extreme nor tame; linear predictors of a family whose functions take these. */
  readonly means: Range;
  /** Values of each parameter besides the mean, inside its support, in the order of the slots; those that come of categories first, thresholds in ascending order. */
  readonly parameters: readonly Range[];
  /** The most trials of a row; 1 for a family without. */
  readonly trials: number;
  /** Counts, or the open interval of measurements. */
  readonly responses: "counts" | Range;
  /** Measurements that have a probability of their own. */
  readonly atoms?: readonly number[];
  /** Its response in a formula, by the columns of `randomTable`. */
  readonly formula: string;
}

/** Of a standard deviation, or a size that grows without end. */
const positive: Range = [Math.exp(-3), Math.exp(5)];

/** Of four ordered categories: three thresholds, and their discrimination. */
const ordinal: FamilyFacts = {
  means: [0.1, 1.5],
  parameters: [
    [-2, -0.8],
    [-0.5, 0.5],
    [0.8, 2],
    [0.3, 3],
  ],
  trials: 1,
  responses: "counts",
  formula: "events",
};

/** Of the share of zeros. */
const share: Range = [0.02, 0.9];
const counts = { means: [0.05, 90], trials: 1, responses: "counts", formula: "events" } as const;
const successes = {
  means: [0.02, 0.98],
  trials: 150,
  responses: "counts",
  formula: "successes | trials(size)",
} as const;

/** Of a standard deviation of measurements, and of a shape or a precision whose density is finite everywhere or nearly so. */
const sd: Range = [0.2, 4];
const shape: Range = [0.6, 100];
const precision: Range = [4, 100];
const real = { means: [0.1, 5], trials: 1, responses: [-Infinity, Infinity], formula: "y" } as const;
const times = { ...real, responses: [0, Infinity] } as const;
const shares = { ...real, means: [0.1, 0.9], responses: [0, 1] } as const;

const facts: Readonly<Record<string, FamilyFacts>> = {
  normal: { ...real, parameters: [positive] },
  student_t: { ...real, parameters: [sd, [5, 50]] },
  skew_normal: {
    ...real,
    parameters: [
      [0.4, 4],
      [-4, 4],
    ],
  },
  lognormal: { ...times, means: [0.1, 2], parameters: [[0.1, 1]] },
  gamma: { ...times, parameters: [shape] },
  inverse_gaussian: { ...times, parameters: [shape] },
  exponential: { ...times, parameters: [] },
  weibull: { ...times, parameters: [[0.7, 8]] },
  beta: { ...shares, parameters: [precision] },
  zero_one_inflated_beta: { ...shares, parameters: [precision, share, share], atoms: [0, 1], formula: "portion" },
  hurdle_gamma: { ...times, parameters: [shape, share], atoms: [0], formula: "amount" },
  hurdle_lognormal: { ...times, means: [0.1, 2], parameters: [[0.1, 1], share], atoms: [0], formula: "amount" },
  bernoulli: { means: [0.02, 0.98], parameters: [], trials: 1, responses: "counts", formula: "binary" },
  binomial: { ...successes, parameters: [] },
  poisson: { ...counts, parameters: [] },
  negative_binomial: { ...counts, parameters: [positive] },
  zero_inflated_poisson: { ...counts, parameters: [share] },
  zero_inflated_negative_binomial: { ...counts, parameters: [positive, share] },
  zero_inflated_binomial: { ...successes, parameters: [share] },
  hurdle_poisson: { ...counts, parameters: [share] },
  hurdle_negative_binomial: { ...counts, parameters: [positive, share] },
  categorical: {
    ...ordinal,
    parameters: [
      [-1, 1],
      [-0.5, 2],
    ],
  },
  cumulative: ordinal,
  sequential: ordinal,
  adjacent: ordinal,
};

export function factsOf(family: string): FamilyFacts {
  if (!Object.hasOwn(facts, family))
    throw new RangeError(`give ${family} an entry in the facts of test/family/support.ts`);
  return facts[family];
}

/** A mean at a share of the way through its range. */
export function meanAt(family: string, share: number): number {
  return between(factsOf(family).means, share);
}

/** Parameters besides the mean, each at a share of the way through its range; of a positive one, through the range of its logarithm. */
export function parametersAt(family: string, share: number): number[] {
  const ranges = factsOf(family).parameters;
  return auxiliaryOf(familyNamed(family)).map((slot, k) => {
    if (ranges.length <= k) throw new RangeError(`give ${slot.name} of ${family} a range in test/family/support.ts`);
    return isPositive(slot) ? Math.exp(between(logarithms(ranges[k]), share)) : between(ranges[k], share);
  });
}

/** Any parameters of their ranges. */
export function anyParameters(family: string): fc.Arbitrary<number[]> {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  return fc.tuple(...auxiliaryOf(familyNamed(family)).map((_, k) => share.map((at) => parametersAt(family, at)[k])));
}

/** Any mean of its range. */
export function anyMean(family: string): fc.Arbitrary<number> {
  const [min, max] = factsOf(family).means;
  return fc.double({ min, max, noNaN: true });
}

/** Whether a parameter is any positive number. */
export function isPositive(slot: AuxiliarySlot): boolean {
  return supportOf(slot) === supports.positive;
}

/**
 * The integral of a smooth function over an interval, open or unbounded, by the double exponential rule (Takahasi & Mori 1974), which serves
 * heavy tails, and functions that grow without end at an end of the interval.
 */
export function integral(f: (x: number) => number, [from, to]: Range): number {
  let total = 0;
  for (let t = -STEPS * 6; t <= STEPS * 6; t++) {
    const [x, slope] = doubleExponential(t / STEPS, from, to);
    const term = x > from && x < to ? f(x) * slope : 0;
    if (Number.isFinite(term)) total += term / STEPS;
  }
  return total;
}

/** Nodes of the rule for each unit of its variable. */
const STEPS = 200;

/** Where the rule goes in the interval, and how fast. */
function doubleExponential(t: number, from: number, to: number): Range {
  const [inner, innerSlope] = [(Math.PI / 2) * Math.sinh(t), (Math.PI / 2) * Math.cosh(t)];
  if (from === -Infinity && to === Infinity) return [Math.sinh(inner), Math.cosh(inner) * innerSlope];
  if (to === Infinity) return [from + Math.exp(inner), Math.exp(inner) * innerSlope];
  const share = 1 / (1 + Math.exp(-2 * inner));
  return [from + (to - from) * share, 2 * (to - from) * share * (1 - share) * innerSlope];
}

function between([from, to]: Range, share: number): number {
  return from + share * (to - from);
}

function logarithms([from, to]: Range): Range {
  return [Math.log(from), Math.log(to)];
}
