import type { EffectMoments } from "../../marginal/MarginalLikelihood.js";
import { log } from "../../math/special/elementary.js";
import { skewedNormal } from "../../math/special/skewed.js";
import { tabulatedMarginal } from "../../posterior/densityMarginals.js";
import type { DensityMarginal } from "../../posterior/Posterior.js";
import type { ParameterMoments } from "./parameterMoments.js";

/** The effects' moments given positions of the parameters (null where there are none), and the positions' weights. */
export interface WeightedMoments {
  readonly moments: readonly (EffectMoments | null)[];
  readonly weights: Float64Array;
}

/** Components that a mixture is brought down to, points of its table, and how far it reaches in sds. */
const COMPONENTS = 32;
const POINTS = 61;
const REACH = 5.5;

/**
 * Marginals of the effects: mixtures over the positions of skewed normals with the moments there. Components with neighbouring means are
 * merged into ones with the same three moments, so that a mixture keeps its own.
 */
export function effectMarginals(given: WeightedMoments): DensityMarginal[] {
  return mixtures(given).map(mixtureMarginal);
}

/** The mixtures' own. */
export function mixtureMoments(given: WeightedMoments): ParameterMoments {
  const all = mixtures(given).map(merged);
  return { means: Float64Array.from(all, ({ mean }) => mean), sds: Float64Array.from(all, ({ sd }) => sd) };
}

/** The components of every effect. */
function mixtures({ moments, weights }: WeightedMoments): Component[][] {
  const known = moments.flatMap((given, i) => (given === null ? [] : [{ ...given, weight: weights[i] }]));
  const shapes = known.at(0)?.means ?? [];
  return shapes.flatMap((part, f) =>
    Array.from(part, (_, k) =>
      known.map(({ means, sds, skewness, weight }) => ({
        weight,
        mean: means[f][k],
        sd: sds[f][k],
        skewness: skewness[f][k],
      })),
    ),
  );
}

interface Component {
  readonly weight: number;
  readonly mean: number;
  readonly sd: number;
  readonly skewness: number;
}

/** The component with the weight and the first three moments of several. */
function merged(components: readonly Component[]): Component {
  let [weight, first] = [0, 0];
  for (const one of components) {
    weight += one.weight;
    first += one.weight * one.mean;
  }
  const mean = first / weight;
  let [second, third] = [0, 0];
  for (const one of components) {
    const [off, variance] = [one.mean - mean, one.sd * one.sd];
    second += one.weight * (variance + off * off);
    third += one.weight * (one.skewness * variance * one.sd + 3 * off * variance + off ** 3);
  }
  const variance = second / weight;
  return { weight, mean, sd: Math.sqrt(variance), skewness: variance > 0 ? third / weight / variance ** 1.5 : 0 };
}

/** Neighbours in the order of their means, merged into so many of about the same weight. */
function condensed(components: readonly Component[]): Component[] {
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  const ordered = components.filter(({ weight }) => weight > 0).sort((a, b) => a.mean - b.mean);
  const bins = Array.from({ length: COMPONENTS }, (): Component[] => []);
  let reached = 0;
  for (const one of ordered) {
    bins[Math.min(COMPONENTS - 1, Math.floor((COMPONENTS * (reached + 0.5 * one.weight)) / total))].push(one);
    reached += one.weight;
  }
  return bins.filter((bin) => bin.length > 0).map(merged);
}

/** A table of the mixture's density, moved and stretched to the mixture's mean and sd; a point mass where that is zero. */
function mixtureMarginal(components: readonly Component[]): DensityMarginal {
  const { mean, sd } = merged(components);
  if (!(sd > 0)) return pointMass(mean);
  const shapes = condensed(components).map((component) => ({ ...component, shape: skewedNormal(component.skewness) }));
  const values = Float64Array.from({ length: POINTS }, (_, i) => mean + sd * REACH * ((2 * i) / (POINTS - 1) - 1));
  const logDensities = values.map((value) => {
    let density = 0;
    for (const one of shapes)
      if (one.sd > 0) density += (one.weight * one.shape.density((value - one.mean) / one.sd)) / one.sd;
    return log(density);
  });
  const own = tabulatedMarginal(values, logDensities);
  return tabulatedMarginal(
    values.map((value) => mean + ((value - own.mean) * sd) / own.sd),
    logDensities,
  );
}

function pointMass(mean: number): DensityMarginal {
  return { kind: "density", mean, sd: 0, density: () => 0, quantile: () => mean };
}
