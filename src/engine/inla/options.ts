import { defaultsOf } from "../checkOptions.js";
import { type OptionsOf, option } from "../OptionSchema.js";
import { choice, number, orNull, seed, trueOrFalse, whole } from "../optionTypes.js";
import type { Layout } from "./explore.js";

/** Most hyperparameters that the option `grid` serves. */
const MOST_GRID_DIMENSIONS = 4;

/** Fewer weights leave no tail to judge them by. */
const LEAST_DRAWS = 100;

export const inlaSchema = {
  integration: option(choice("auto", "laplace", "aghq"), {
    default: "auto",
    sentence:
      "how the random effects are integrated out given the parameters: `aghq` by adaptive quadrature, its points raised until nothing moves, for one " +
      "grouping factor or nested ones; `laplace` by the classical nested Laplace approximation, (beta, b) jointly and without correction; `auto` by " +
      "quadrature where the structure allows it, else by Laplace with the effects' own weights",
    example: "laplace",
  }),
  latent: option(choice("gaussian", "simplified", "full"), {
    default: "simplified",
    sentence:
      "marginals of the random effects given the parameters where quadrature does not give them: `gaussian`; `simplified`, with mean and skewness " +
      "corrected to first order; `full`, Laplace's approximation of each effect's own density at the mode of the parameters, whose difference from the " +
      "simplified one is carried to other positions",
    example: "full",
  }),
  grid: option(orNull(number("a number of posterior sds from 0.1 to 2", (value) => value >= 0.1 && value <= 2)), {
    default: null,
    defaultInWords:
      "1 for up to two hyperparameters; for three or four a product of Gauss-Hermite rules where the random effects of one factor are integrated by " +
      "quadrature, else a central composite design",
    unit: "posterior sds",
    sentence: "explores the hyperparameters on a grid with this spacing",
    example: 0.5,
  }),
  draws: option(orNull(whole(LEAST_DRAWS, 1e6)), {
    default: null,
    defaultInWords:
      "160 to confirm a grid, 192 a product of rules, 384 to correct a design, then more where the guard asks for them; 1536, then 6144, with more than five hyperparameters",
    sentence: "positions of (beta, theta, dispersion) that are weighted",
    example: 2000,
  }),
  criteria: option(trueOrFalse(), {
    default: false,
    sentence:
      "computes DIC, WAIC, and of each row CPO and PIT, at 64 to 256 of the weighted positions that have the moments of all, or at as many as `draws`",
    example: true,
  }),
  seed: option(seed(), { default: 1, sentence: "seed of the random streams, a number or a text", example: 7 }),
};

/** Options of the engine inla: plain JSON. */
export type InlaOptions = OptionsOf<typeof inlaSchema>;

export const defaultInlaOptions: InlaOptions = defaultsOf(inlaSchema);

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

export const MOST_POSITIONS = 4096;

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
  const enough = explored.isIntegrated ? all : [...all.slice(1), MOST_POSITIONS];
  return hasHeavyPriors ? [all[all.length - 1], MOST_POSITIONS] : enough;
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
