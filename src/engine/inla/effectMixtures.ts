import type { EffectMoments } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { ParameterMoments } from "../laplace/weightedMoments.js";

/** The effects' moments given positions of the parameters (null where there are none), and the positions' weights. */
export interface WeightedMoments {
  readonly moments: readonly (EffectMoments | null)[];
  readonly weights: Float64Array;
}

/** One factor's effects as mixtures of `weights.length` components each: component c of effect k is at c * size + k. */
export interface EffectMixtures {
  readonly size: number;
  /** Summing to 1; the components' are the same for all effects. */
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly sds: Float64Array;
  readonly skewness: Float64Array;
}

/** Components of the mixture of a factor's effects, of about the same weight: many where the effects are few, whose sds are then hardly known. */
const LEAST_COMPONENTS = 8;
const MOST_OF_ALL = 1000;
/** Positions that a component is merged of. */
const MERGED = 32;

/**
 * The effects of each factor, mixed over the positions. Where the effects have about the same sds, which the hyperparameters tell, their means
 * are spread over the positions about normally, as the coefficients are: such positions are merged into one component with their first three
 * moments, so that the mixture keeps its own and some hundred narrow components do not leave their teeth in it.
 */
export function effectMixtures({ moments, weights }: WeightedMoments): EffectMixtures[] {
  const known = moments.flatMap((given, i) =>
    given !== null && weights[i] > 0 ? [{ given, weight: weights[i] }] : [],
  );
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  return (known.at(0)?.given.means ?? []).map((_, f) =>
    merged(
      known.map(({ given, weight }) => ({
        weight: weight / total,
        means: given.means[f],
        sds: given.sds[f],
        skewness: given.skewness[f],
      })),
      componentsFor(known[0].given.means[f].length, known.length),
    ),
  );
}

/** Means and sds of the mixtures, one factor after the other. */
export function mixtureMoments(given: WeightedMoments): ParameterMoments {
  const all = effectMixtures(given).map(overallMoments);
  return {
    means: Float64Array.from(all.flatMap(({ means }) => [...means])),
    sds: Float64Array.from(all.flatMap(({ sds }) => [...sds])),
  };
}

export function overallMoments({ size, weights, means, sds }: EffectMixtures): ParameterMoments {
  const overall = { means: new Float64Array(size), sds: new Float64Array(size) };
  weights.forEach((weight, c) => {
    for (let k = 0; k < size; k++) overall.means[k] += weight * means[c * size + k];
  });
  weights.forEach((weight, c) => {
    for (let k = 0; k < size; k++) {
      const off = means[c * size + k] - overall.means[k];
      overall.sds[k] += weight * (sds[c * size + k] ** 2 + off * off);
    }
  });
  for (let k = 0; k < size; k++) overall.sds[k] = Math.sqrt(overall.sds[k]);
  return overall;
}

function componentsFor(effects: number, positions: number): number {
  return Math.max(LEAST_COMPONENTS, Math.floor(Math.min(MOST_OF_ALL / effects, positions / MERGED)));
}

/** What depends on a position, given it: the effects of one factor, or a coefficient. */
export interface Given {
  readonly weight: number;
  readonly means: Float64Array;
  readonly sds: Float64Array;
  readonly skewness: Float64Array;
}

/** Effects from `first` on, so many of them. */
interface EffectRange {
  readonly first: number;
  readonly size: number;
}

/** Mixtures of so many components at most, of positions whose weights sum to 1: of all that depends on these, or of some. */
export function merged(
  positions: readonly Given[],
  components: number,
  range: EffectRange = { first: 0, size: positions[0].means.length },
): EffectMixtures {
  const groups = groupedBySize(positions, components, range);
  const { first, size } = range;
  const column = () => new Float64Array(groups.length * size);
  const mixtures = {
    size,
    weights: new Float64Array(groups.length),
    means: column(),
    sds: column(),
    skewness: column(),
  };
  groups.forEach((group, c) => {
    const part = (values: Float64Array) => values.subarray(c * size, (c + 1) * size);
    mixtures.weights[c] = group.reduce((sum, { weight }) => sum + weight, 0);
    merge(group, mixtures.weights[c], first, part(mixtures.means), part(mixtures.sds), part(mixtures.skewness));
  });
  return mixtures;
}

/** Neighbours in the order of the effects' sds, each beside its own mean, in groups of about the same weight. */
function groupedBySize(positions: readonly Given[], components: number, { first, size }: EffectRange): Given[][] {
  const mean = new Float64Array(size);
  for (const { weight, sds } of positions) for (let k = 0; k < size; k++) mean[k] += weight * sds[first + k];
  const sizes = new Float64Array(positions.length);
  for (let i = 0; i < sizes.length; i++)
    for (let k = 0; k < size; k++) {
      const sd = positions[i].sds[first + k];
      sizes[i] += sd > 0 ? sd / mean[k] : 0;
    }
  const order = Array.from(sizes.keys()).sort((i, j) => sizes[i] - sizes[j]);
  const groups = Array.from({ length: components }, (): Given[] => []);
  let reached = 0;
  for (const i of order) {
    const position = positions[i];
    groups[Math.min(components - 1, Math.floor(components * (reached + 0.5 * position.weight)))].push(position);
    reached += position.weight;
  }
  return groups.filter((group) => group.length > 0);
}

/** Mean, sd and skewness of each effect over the positions of a group. */
function merge(
  group: readonly Given[],
  total: number,
  first: number,
  means: Float64Array,
  sds: Float64Array,
  skewness: Float64Array,
): void {
  for (const one of group) {
    const share = one.weight / total;
    for (let k = 0; k < means.length; k++) means[k] += share * one.means[first + k];
  }
  for (const one of group) {
    const share = one.weight / total;
    for (let k = 0; k < means.length; k++) {
      const off = one.means[first + k] - means[k];
      const sd = one.sds[first + k];
      sds[k] += share * (sd * sd + off * off);
      skewness[k] += share * (one.skewness[first + k] * sd * sd * sd + off * (3 * sd * sd + off * off));
    }
  }
  for (let k = 0; k < means.length; k++) {
    const variance = sds[k];
    sds[k] = Math.sqrt(variance);
    skewness[k] = variance > 0 ? skewness[k] / (variance * sds[k]) : 0;
  }
}
