import { type Layout, MOST_GRID_DIMENSIONS } from "./explore.js";

/** Options of the engine inla: plain JSON. */
export interface InlaOptions {
  /**
   * How the random effects are integrated out given the parameters: "aghq" by adaptive quadrature, its points raised until nothing moves, for one
   * grouping factor or nested ones; "laplace" by the classical nested Laplace approximation, (beta, b) jointly and without correction; "auto"
   * by quadrature where the structure allows, else by Laplace with the effects' own weights. Default "auto".
   */
  readonly integration: "auto" | "laplace" | "aghq";
  /**
   * Marginals of the random effects given the parameters where they are not had by quadrature: "gaussian"; "simplified", with mean and skewness
   * corrected to first order; "full", Laplace's approximation of each effect's own density at the mode of the parameters, its difference from
   * the simplified one carried to other places. Default "simplified".
   */
  readonly latent: "gaussian" | "simplified" | "full";
  /**
   * Distance of a grid's neighbours in posterior sds of the hyperparameters. Default null: 1 for up to two hyperparameters; in place of a grid a
   * product of Gauss-Hermite rules for three or four where the random effects of one factor are integrated by quadrature, else a central
   * composite design.
   */
  readonly grid: number | null;
  /**
   * Positions of (beta, theta, dispersion) that are weighted. Default null: 160 to confirm a grid, 192 a product of rules, and 384 to correct a
   * design; 256, 384 and then 1024 where the guard does not trust those or they do not confirm, the first left out where factors cross. 1536, then
   * 6144, with more than five hyperparameters.
   */
  readonly draws: number | null;
  /**
   * Whether DIC, WAIC, CPO and PIT are computed, at 64 to 256 of the weighted positions that have the moments of all, or at as many as `draws`.
   * Default false.
   */
  readonly criteria: boolean;
  /** Default 1. A number and the text that prints it are the same seed. */
  readonly seed: number | string;
}

export const defaultInlaOptions: InlaOptions = {
  integration: "auto",
  latent: "simplified",
  grid: null,
  draws: null,
  criteria: false,
  seed: 1,
};

/** Fewer weights leave no tail to judge them by. */
const LEAST_DRAWS = 100;

/** What is wrong with the options, one line each. */
export function inlaOptionProblems({ integration, latent, grid, draws, criteria, seed }: InlaOptions): string[] {
  return [
    ...oneOf("integration", integration, ["auto", "laplace", "aghq"]),
    ...oneOf("latent", latent, ["gaussian", "simplified", "full"]),
    ...(grid === null || (grid >= 0.1 && grid <= 2)
      ? []
      : [`grid is ${grid}; allowed: a number of posterior sds from 0.1 to 2, or null`]),
    ...(draws === null || (Number.isInteger(draws) && draws >= LEAST_DRAWS && draws <= 1e6)
      ? []
      : [`draws is ${draws}; allowed: a whole number from ${LEAST_DRAWS} to 1000000, or null`]),
    ...oneOf("criteria", criteria, [true, false]),
    ...(typeof seed === "string" || Number.isFinite(seed)
      ? []
      : [`seed is ${seed}; allowed: a finite number or a text`]),
  ];
}

function oneOf(name: string, value: unknown, allowed: readonly (string | boolean)[]): string[] {
  if (allowed.some((known) => known === value)) return [];
  return [
    `${name} is ${JSON.stringify(value)}; allowed: ${allowed.map((known) => JSON.stringify(known)).join(" or ")}`,
  ];
}

/** What is explored. */
export interface Explored {
  readonly hyperparameters: number;
  /** Whether the random effects are integrated by quadrature. */
  readonly isIntegrated: boolean;
  /** Grouping factors. */
  readonly factors: number;
}

/** With more hyperparameters than this, as three correlated effects have, a design's weights are less even, and its moments take more positions. */
const FEW_HYPERPARAMETERS = 5;

/** Whether weights may leave too much error in the moments that are taken from them, though their tail is light. */
export function hasUnevenWeights(options: InlaOptions, explored: Explored): boolean {
  return layoutFor(options, explored).kind === "ccd" && explored.hyperparameters > FEW_HYPERPARAMETERS;
}

const MOST_FOR_HEAVY = 4096;

/**
 * Positions to weigh, and how many after those that the guard did not trust, or that do not confirm a grid or a product of rules: a few confirm these, a
 * design's moments are theirs, and where the effects are sampled too there is more to average. Under priors with heavy tails few would miss these.
 */
export function drawsFor(options: InlaOptions, explored: Explored, hasHeavyPriors: boolean): readonly number[] {
  if (options.draws !== null) return [options.draws];
  if (hasUnevenWeights(options, explored)) return [1536, 6144];
  const all = { grid: [160, 256, 1024], product: [192, 384, 1024], ccd: [384, 1024] }[
    layoutFor(options, explored).kind
  ];
  const enough = explored.isIntegrated ? all : all.slice(1);
  return hasHeavyPriors ? [enough[enough.length - 1], MOST_FOR_HEAVY] : enough;
}

/** Positions of the core, free of likelihoods: the moments of a grid or a rule are better, a design's skewed correlations take many. */
export function coreFor(options: InlaOptions, explored: Explored): number {
  return layoutFor(options, explored).kind === "ccd" ? 2048 : 512;
}

/**
 * Points a hyperparameter of a product of rules, by the number of hyperparameters. The sds of nested factors, which share one variance out among them, are
 * too far from such a product: it is off by 4% in their sds (grouseticks).
 */
const PRODUCT_POINTS: Readonly<Record<number, number>> = { 3: 4, 4: 3 };

/** Where to explore hyperparameters. Throws RangeError where a grid would be too large. */
export function layoutFor({ grid }: InlaOptions, { hyperparameters, isIntegrated, factors }: Explored): Layout {
  if (grid === null) {
    if (hyperparameters <= 2) return { kind: "grid", spacing: 1 };
    const points = isIntegrated && factors === 1 ? PRODUCT_POINTS[hyperparameters] : undefined;
    return points === undefined ? { kind: "ccd" } : { kind: "product", points };
  }
  if (hyperparameters <= MOST_GRID_DIMENSIONS) return { kind: "grid", spacing: grid };
  throw new RangeError(
    `a grid over ${hyperparameters} hyperparameters has too many points (at most ${MOST_GRID_DIMENSIONS} are for a grid); leave grid out, and a central composite design is taken`,
  );
}
