import seedrandom from "seedrandom";

/** A model with a covariate x, which may be measured from another origin or in another unit. */
export interface Structure {
  /** What stands right of "~". */
  readonly formula: string;
  /** Names of what means the same from any origin; null where the model itself depends on the origin. */
  readonly fixed: readonly string[] | null;
  /** Largest shift at which double precision holds the covariates' spread; none where it holds any. */
  readonly largestShift?: number;
}

const interaction = ["beta[x:f.b]", "beta[x:f.c]"];
const polynomial = ["beta[poly(x, 2).1]", "beta[poly(x, 2).2]"];

/** x by itself, in interactions, powers and polynomials, in factors that are nested, crossed or split, beside other slopes. */
export const structures: readonly Structure[] = [
  { formula: "x + (x | g)", fixed: ["beta[x]", "sd[g, x]"] },
  { formula: "x * f + (x | g)", fixed: [...interaction, "beta[x]", "sd[g, x]"] },
  { formula: "x * f + (1 | g)", fixed: [...interaction, "beta[x]", "sd[g, Intercept]"] },
  { formula: "x + r + (x + r | g)", fixed: ["beta[x]", "beta[r]", "sd[g, x]", "sd[g, r]", "cor[g, x, r]"] },
  { formula: "poly(x, 2) + (1 | g)", fixed: ["beta[Intercept]", ...polynomial, "sd[g, Intercept]"] },
  { formula: "x + I(x^2) + (x | g)", fixed: ["beta[I(x^2)]", "sd[g, x]"], largestShift: 1e5 },
  { formula: "x + (x | g) + (1 | h)", fixed: ["beta[x]", "sd[g, x]", "sd[h, Intercept]"] },
  { formula: "x + r + (x | g) + (1 | g:k)", fixed: ["beta[x]", "beta[r]", "sd[g, x]", "sd[g:k, Intercept]"] },
  { formula: "x * r + (x * r | g)", fixed: ["beta[x:r]", "sd[g, x:r]"], largestShift: 1e8 },
  { formula: "x + (0 + f + x:f | g)", fixed: ["beta[x]", "sd[g, f.a:x]", "sd[g, f.b:x]"] },
  { formula: "x + (x || g)", fixed: null },
  { formula: "0 + f + x:f + (0 + x | g)", fixed: null },
];

/** The left side of a formula for each family. */
export const leftSides = {
  normal: "y",
  poisson: "count",
  bernoulli: "binary",
  binomial: "successes | trials(size)",
  negative_binomial: "count",
} as const;
export type FamilyName = keyof typeof leftSides;

export type Columns = Record<string, (number | string)[]>;

/**
 * Rows with covariates x and r (in eighths, so that an origin shifted by a whole number loses no digit) and f (three levels), factors g, h (crossed with g) and k (nested in it), and a response of each kind. Levels of g differ in intercept and slope.
 */
export function simulate(seed: string, groups = 18, rowsPerGroup = 10): Columns {
  const uniform = seedrandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const columns: Columns = {
    x: [],
    r: [],
    f: [],
    g: [],
    h: [],
    k: [],
    size: [],
    y: [],
    count: [],
    binary: [],
    successes: [],
  };
  const crossed = Array.from({ length: 5 }, () => 0.4 * normal());
  for (let g = 0; g < groups; g++) {
    const [intercept, slopeOfX, slopeOfR] = [0.8 * normal(), 0.5 * normal(), 0.4 * normal()];
    const nested = [0.4 * normal(), 0.4 * normal(), 0.4 * normal()];
    for (let i = 0; i < rowsPerGroup; i++) {
      const [x, r] = [Math.round(8 * normal()) / 8, Math.round(8 * normal()) / 8];
      const [f, h, k] = [i % 3, Math.floor(5 * uniform()), i % 3];
      const eta = 0.5 + intercept + crossed[h] + nested[k] + (0.4 + slopeOfX + 0.2 * f) * x + (slopeOfR - 0.2) * r;
      const p = 1 / (1 + Math.exp(-eta));
      const size = 3 + Math.floor(4 * uniform());
      const row = { x, r, f: "abc"[f], g, h, k, size, y: eta + 0.7 * normal() };
      for (const [name, value] of Object.entries(row)) columns[name].push(value);
      columns.count.push(poisson(Math.exp(Math.min(4, 0.5 * eta)) * gamma4(uniform), uniform));
      columns.binary.push(uniform() < p ? 1 : 0);
      columns.successes.push(Array.from({ length: size }, () => uniform()).filter((u) => u < p).length);
    }
  }
  return columns;
}

/** Gamma with shape 4 and mean 1. */
function gamma4(uniform: () => number): number {
  return -Math.log(uniform() * uniform() * uniform() * uniform()) / 4;
}

function poisson(mean: number, uniform: () => number): number {
  let [count, product] = [0, uniform()];
  for (const least = Math.exp(-mean); product > least; count++) product *= uniform();
  return count;
}

/** Where x is measured from, and in what: x becomes scale x + shift, scale positive. */
export interface Change {
  readonly shift: number;
  readonly scale: number;
}

export function changed(columns: Columns, { shift, scale }: Change): Columns {
  return { ...columns, x: columns.x.map((x) => scale * Number(x) + shift) };
}
