import { linkNamed } from "../../family/links.js";
import { exp, expm1 } from "../../math/special/elementary.js";
import { marginalMean } from "../marginalMean.js";
import { normalNodes, overNormal } from "../overNormal.js";
import type { RowVariance } from "./dispersions.js";

/** Variances and covariances of responses over the random effects, by the link of their mean. */
export interface ResponseMoments {
  /** The moments of responses with this linear predictor at effects of zero. */
  at(row: OverEffects, out: Moments): void;
  /** The covariance of the means of two responses whose linear predictors have this covariance. */
  covariance(one: Normal, other: Normal, covariance: number): number;
}

/** The linear predictor of a response, which is normal over the random effects. */
export interface Normal {
  readonly eta: number;
  readonly variance: number;
}

export interface OverEffects extends Normal {
  /** The mean over the random effects. */
  readonly mean: number;
  /** The variance of the response about a mean, at value s of an ensemble. */
  readonly rowVariance: RowVariance;
  readonly s: number;
  /** How much of the variance of the linear predictor pairs of such responses share: a covariance for each. */
  readonly shared: readonly number[];
}

export interface Moments {
  /** The variance of the mean over the random effects. */
  between: number;
  /** The mean over the random effects of the variance about it. */
  within: number;
  /** The covariance of each pair. */
  readonly covariances: Float64Array;
}

/** How fast a variance may grow with a mean under the link log, as a power of it. */
const GROWTH = 3;

/** Exactly where there is a closed form, by quadrature else. */
export function responseMoments(link: string): ResponseMoments {
  if (link === "identity" || link === "log") return closedMoments(link);
  const nested = nestedCovariance(link);
  const { inverseLink } = linkNamed(link);
  const series = new HermiteSeries();
  return {
    covariance: nested,
    at(row, out) {
      const { eta, variance, mean, shared, rowVariance, s } = row;
      const isSplit = shared.some((covariance) => covariance !== variance);
      const sd = Math.sqrt(variance);
      const nodes = normalNodes(sd);
      series.begin();
      let [mass, between, within] = [0, 0, 0];
      for (let k = nodes.first; k <= nodes.last; k++) {
        const z = k * nodes.step;
        const weight = nodes.weight(k);
        const mu = inverseLink(eta + sd * z);
        mass += weight;
        between += weight * (mu - mean) * (mu - mean);
        within += weight * rowVariance(mu, s);
        if (isSplit) series.push(z, weight * (mu - mean));
      }
      out.between = between / mass;
      out.within = within / mass;
      series.covariances(row, out, mass);
      shared.forEach((covariance, k) => {
        if (Number.isNaN(out.covariances[k])) out.covariances[k] = nested(row, row, covariance);
      });
    },
  };
}

function closedMoments(link: "identity" | "log"): ResponseMoments {
  const { inverseLink } = linkNamed(link);
  const covariance: ResponseMoments["covariance"] =
    link === "identity"
      ? (_one, _other, shared) => shared
      : (one, other, shared) => exp(one.eta + other.eta + 0.5 * (one.variance + other.variance)) * expm1(shared);
  return {
    covariance,
    at(row, out) {
      out.between = covariance(row, row, row.variance);
      out.within = overNormal(
        (x) => row.rowVariance(inverseLink(x), row.s),
        row.eta,
        row.variance,
        link === "log" ? GROWTH : 0,
      );
      row.shared.forEach((shared, k) => {
        out.covariances[k] = covariance(row, row, shared);
      });
    },
  };
}

/** Over the one response, and over the other given it. */
function nestedCovariance(link: string): ResponseMoments["covariance"] {
  const { inverseLink } = linkNamed(link);
  const mean = marginalMean(link);
  return (one, other, covariance) => {
    if (covariance === 0) return 0;
    const centre = mean(one.eta, one.variance);
    const slope = covariance / one.variance;
    const rest = Math.max(0, other.variance - slope * covariance);
    const product = (x: number) => (inverseLink(x) - centre) * mean(other.eta + slope * (x - one.eta), rest);
    return overNormal(product, one.eta, one.variance);
  };
}

/** Terms after which nested quadrature is faster, and what they may leave of the variance. */
const MOST_TERMS = 60;
const LEFT = 1e-10;

/**
 * The covariance of f(Z) and f(Z') for standard normal Z and Z' with correlation r: the sum of r^j c_j^2 over j >= 1, c_j the mean of f(Z) times the normalised Hermite polynomial of degree j (Mehler's
 * formula). The values of f at the nodes of a quadrature are given one after the other.
 */
class HermiteSeries {
  private count = 0;
  private z = new Float64Array(64);
  private values = new Float64Array(64);
  private before = new Float64Array(64);
  private current = new Float64Array(64);

  begin(): void {
    this.count = 0;
  }

  /** A node, and f less its mean there, times the weight. */
  push(z: number, value: number): void {
    if (this.count === this.z.length) this.grow();
    this.z[this.count] = z;
    this.values[this.count] = value;
    this.count++;
  }

  /** The covariances of pairs by the variance that they share; NaN where the terms of the series fall too slowly. `mass` is the sum of the weights. */
  covariances({ variance, shared }: OverEffects, { between, covariances }: Moments, mass: number): void {
    covariances.fill(0);
    const isOpen = shared.map((covariance) => covariance > 0 && covariance < variance);
    shared.forEach((covariance, k) => {
      if (covariance === variance) covariances[k] = between;
    });
    const powers = shared.map(() => 1);
    let left = between;
    this.before.fill(0);
    this.current.fill(1);
    for (let j = 1; j <= MOST_TERMS && isOpen.includes(true); j++) {
      const square = (this.term(j) / mass) ** 2;
      left -= square;
      for (let k = 0; k < shared.length; k++) {
        if (!isOpen[k]) continue;
        powers[k] *= shared[k] / variance;
        covariances[k] += powers[k] * square;
        isOpen[k] = powers[k] * left > LEFT * between;
      }
    }
    isOpen.forEach((open, k) => {
      if (open) covariances[k] = Number.NaN;
    });
  }

  /** The sum of the values times the polynomial of degree j, which stands on those of the two degrees before. */
  private term(j: number): number {
    const { z, values, before, current, count } = this;
    const a = 1 / Math.sqrt(j);
    const b = Math.sqrt((j - 1) / j);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      before[k] = a * z[k] * current[k] - b * before[k];
      sum += values[k] * before[k];
    }
    [this.before, this.current] = [current, before];
    return sum;
  }

  private grow(): void {
    const longer = (from: Float64Array) => {
      const to = new Float64Array(2 * from.length);
      to.set(from);
      return to;
    };
    [this.z, this.values, this.before, this.current] = [this.z, this.values, this.before, this.current].map(longer);
  }
}
