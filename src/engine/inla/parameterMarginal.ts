import { exp, log } from "../../math/special/elementary.js";
import { tabulatedMarginal } from "../../posterior/densityMarginals.js";
import type { DensityMarginal } from "../../posterior/Posterior.js";
import type { ParameterMoments } from "../laplace/weightedMoments.js";
import { entropyTilting, exponent } from "./entropyTilting.js";
import type { Shape } from "./Shape.js";

/** Times at most that a shape is moved and stretched, and how near to the moments wanted, in sds, is enough. */
const FITTING_STEPS = 25;
const FITTED = 1e-7;
/** And how far from them, in sds, it is not to be trusted. */
const LOOSE = 0.05;
/** The most that it is stretched at once, as a log. */
const MOST = 0.5;
/** So many sds from the mean a shape ends: its tails are prolonged from where they were measured, and could outweigh all else. */
const FURTHEST = 40;

/**
 * The marginal on the parameter's own scale: its shape moved and stretched on the working scale until it has the moments given. One with heavy tails, of
 * which these moments say little, has the moments given and the quantiles of its shape.
 */
export function parameterMarginal(found: Shape, moments: ParameterMoments | null, k: number): DensityMarginal {
  if (moments === null) return marginalAt(found, found.values);
  const wanted = { mean: moments.means[k], sd: moments.sds[k] };
  if (found.hasHeavyTails) return { ...marginalAt(found, found.values), ...wanted };
  const nearby = near(found, wanted);
  const first = marginalAt(nearby, nearby.values);
  const hasExcess = first.sd > wanted.sd * (1 + EXCESS);
  const shape = hasExcess ? withoutExcess(nearby, wanted) : nearby;
  const { scale, values } = shape;
  const asFound = hasExcess ? marginalAt(shape, values) : first;
  const centre = scale.to(asFound.mean);
  const unit = asFound.sd / exp(scale.logSlope(centre));
  const search = new Broyden();
  let [best, least] = [asFound, Number.POSITIVE_INFINITY];
  for (let step = 0; step < FITTING_STEPS; step++) {
    const [moved, stretched] = search.place;
    const placed = values.map((value) => centre + unit * moved + (value - centre) * exp(stretched));
    if (!placed.every(Number.isFinite)) break;
    const marginal = marginalAt(shape, placed);
    const off = [(marginal.mean - wanted.mean) / asFound.sd, log(marginal.sd / wanted.sd)] as const;
    const size = Math.max(...off.map(Math.abs));
    if (size < least) [best, least] = [marginal, size];
    if (!(size >= FITTED)) break;
    search.goOn(off);
  }
  return best;
}

/** Names of the marginals that the search has left without the moments they were to have; a constant has none. */
export function unfitted(
  names: readonly string[],
  marginals: readonly DensityMarginal[],
  { means, sds }: ParameterMoments,
): string[] {
  return names.filter((_, k) => {
    const { mean, sd } = marginals[k];
    const isFitted = Math.abs(mean - means[k]) <= LOOSE * sds[k] && Math.abs(log(sd / sds[k])) <= LOOSE;
    return sds[k] > 0 && !isFitted;
  });
}

function near(shape: Shape, { mean, sd }: { readonly mean: number; readonly sd: number }): Shape {
  const { scale, values, logDensities } = shape;
  const isNear = (_: number, i: number) => Math.abs(scale.from(values[i]) - mean) <= FURTHEST * sd;
  const kept = values.filter(isNear);
  return kept.length < 2 ? shape : { scale, values: kept, logDensities: logDensities.filter(isNear) };
}

/** Values are told apart on the parameter's own scale if they differ by more than this, relatively: a correlation near 1 runs out of numbers. */
const APART = 1e-12;

function marginalAt({ scale, logDensities }: Shape, working: Float64Array): DensityMarginal {
  const [values, logs] = [new Float64Array(working.length), new Float64Array(working.length)];
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < working.length; i++) {
    const value = scale.from(working[i]);
    const logDensity = logDensities[i] - scale.logSlope(working[i]);
    if (!(value - last > APART * Math.abs(value)) || !Number.isFinite(value) || !(logDensity < Infinity)) continue;
    values[count] = last = value;
    logs[count++] = logDensity;
  }
  return tabulatedMarginal(values.slice(0, count), logs.slice(0, count));
}

/** How much larger an sd may be than the one wanted, as a share of that, for its shape to be stretched alone. */
const EXCESS = 0.1;

/**
 * A shape whose sd is much larger than the one wanted, as a tail prolonged too far makes it, with its density tilted until it has the moments wanted: that
 * takes from the tail, where stretching the whole would narrow its middle too.
 */
function withoutExcess(shape: Shape, { mean, sd }: { readonly mean: number; readonly sd: number }): Shape {
  const { scale, values, logDensities } = shape;
  const highest = logDensities.reduce((a, b) => Math.max(a, b));
  const masses = values.map((_, i) => {
    const [from, to] = [values[Math.max(0, i - 1)], values[Math.min(values.length - 1, i + 1)]];
    return 0.5 * (to - from) * exp(logDensities[i] - highest);
  });
  const offs = Array.from(values, (value) => {
    const z = (scale.from(value) - mean) / sd;
    return Float64Array.of(z, z * z - 1);
  });
  const tilting = entropyTilting(masses, offs);
  if (tilting === null) return shape;
  return { ...shape, logDensities: logDensities.map((value, i) => value + exponent(tilting.multipliers, offs[i])) };
}

type Pair = readonly [number, number];

/** A root of two functions of two numbers (Broyden 1965), whose Jacobian is about the identity: of heavy tails a stretch makes more than that. */
class Broyden {
  place: Pair = [0, 0];
  private step: Pair = [0, 0];
  private before: Pair | null = null;
  /** The inverse of the Jacobian, row by row. */
  private inverse: readonly [Pair, Pair] = [
    [1, 0],
    [0, 1],
  ];

  goOn(value: Pair): void {
    if (this.before !== null) this.learn([value[0] - this.before[0], value[1] - this.before[1]]);
    const [x, y] = times(this.inverse, value);
    const share = Math.min(1, MOST / Math.max(Math.abs(x), Math.abs(y)));
    this.step = [-share * x, -share * y];
    this.before = value;
    this.place = [this.place[0] + this.step[0], this.place[1] + this.step[1]];
  }

  /** The inverse Jacobian that explains the last change, by the formula of Sherman and Morrison. */
  private learn(change: Pair): void {
    const { step, inverse } = this;
    const predicted = times(inverse, change);
    const row: Pair = [
      step[0] * inverse[0][0] + step[1] * inverse[1][0],
      step[0] * inverse[0][1] + step[1] * inverse[1][1],
    ];
    const size = row[0] * change[0] + row[1] * change[1];
    if (size === 0) return;
    const rowOf = (r: 0 | 1): Pair => {
      const by = (step[r] - predicted[r]) / size;
      return [inverse[r][0] + by * row[0], inverse[r][1] + by * row[1]];
    };
    this.inverse = [rowOf(0), rowOf(1)];
  }
}

function times([first, second]: readonly [Pair, Pair], [x, y]: Pair): Pair {
  return [first[0] * x + first[1] * y, second[0] * x + second[1] * y];
}
