import { gaussLegendre } from "../math/quadrature/gaussLegendre.js";
import { exp, log, log1p } from "../math/special/elementary.js";
import type { Auxiliary, Family, RowDerivatives } from "./Family.js";
import { LogTotal } from "./LogTotal.js";
import { linkNamed } from "./links.js";
import { copyOne } from "./logCombination.js";
import type { RowProbability } from "./RowProbability.js";
import { newRowDerivatives } from "./rowLikelihoods.js";
import { supportOf } from "./supports.js";

const rule = gaussLegendre(16);
const PANELS = 8;
/** Where the integrand is so far below its largest value, on the log scale, the integral ends. */
const NEGLIGIBLE = 42;
const MOST_STEPS = 200;

/** A coordinate s of the response in which the log density falls at least linearly at both ends. */
interface Coordinate {
  readonly at: (y: number) => number;
  readonly back: (s: number) => number;
  readonly logSlope: (s: number) => number;
  /** About where the middle of the distribution is, and how wide it is. */
  readonly middle: number;
  readonly width: number;
}

/** Of a continuous response whose tails have no formula with derivatives: integrals of its density by Gauss-Legendre quadrature. */
export function intervalsByIntegration(family: Family, link: string): RowProbability {
  const support = supportOf(family);
  const visit = integrandOver(family, link);
  let total = new LogTotal(0);
  return {
    evaluate(lower, upper, trials, eta, phi, order, out) {
      if (lower <= support.lower && upper >= support.upper) {
        copyOne(out);
        return;
      }
      if (total.parameters !== phi.length) total = new LogTotal(phi.length);
      total.clear();
      visit(lower, upper, trials, eta, phi, order, (_y, logWeight, point) => total.add(logWeight, point, order));
      total.write(out);
    },
  };
}

type Integrand = (
  lower: number,
  upper: number,
  trials: number,
  eta: number,
  phi: Auxiliary,
  order: 0 | 1 | 2 | 3,
  use: (y: number, logWeight: number, point: RowDerivatives) => void,
) => void;

/** The density of a continuous response at the nodes of a quadrature over an interval, with the logs of their weights. */
export function integrandOver(family: Family, link: string): Integrand {
  const row = family.rowLikelihood(link);
  const { inverseLink } = linkNamed(link);
  const support = supportOf(family);
  let point = newRowDerivatives(0);
  return (lower, upper, trials, eta, phi, order, use) => {
    if (point.dPhi.length !== phi.length) point = newRowDerivatives(phi.length);
    const coordinate = coordinateOf(family, inverseLink(eta), phi);
    const height = (s: number) => {
      row.evaluate(coordinate.back(s), trials, eta, phi, 0, point);
      return point.value + coordinate.logSlope(s);
    };
    const from = lower <= support.lower ? -Infinity : coordinate.at(lower);
    const to = upper >= support.upper ? Infinity : coordinate.at(upper);
    const [start, end] = countedPart(height, from, to, coordinate);
    const half = (0.5 * (end - start)) / PANELS;
    for (let panel = 0; panel < PANELS; panel++)
      for (let q = 0; q < rule.nodes.length; q++) {
        const s = start + half * (2 * panel + 1 + rule.nodes[q]);
        const y = coordinate.back(s);
        row.evaluate(y, trials, eta, phi, order, point);
        use(y, log(half * rule.weights[q]) + coordinate.logSlope(s), point);
      }
  };
}

/** The part of (from, to) where the integrand counts. */
function countedPart(
  height: (s: number) => number,
  from: number,
  to: number,
  { middle, width }: Coordinate,
): readonly [number, number] {
  const centre = Math.min(Math.max(middle, from), to);
  let most = height(centre);
  const ends = [-1, 1].map((side) => {
    const limit = side < 0 ? from : to;
    let step = width;
    // In a far tail the integrand may fall steeply.
    while (step > 1e-12 * width && height(centre + side * step) < most - NEGLIGIBLE) step *= 0.5;
    let s = centre;
    for (let k = 0; k < MOST_STEPS && s !== limit; k++) {
      s = side < 0 ? Math.max(limit, s - step) : Math.min(limit, s + step);
      const reached = height(s);
      if (reached > most) most = reached;
      if (!(reached > most - NEGLIGIBLE)) break;
      step *= 1.2;
    }
    return s;
  });
  return [ends[0], ends[1]];
}

function coordinateOf(family: Family, mu: number, phi: Auxiliary): Coordinate {
  const support = supportOf(family);
  const mean = family.mean(mu, phi, 1);
  const sd = Math.sqrt(family.variance(mu, phi, 1));
  if (support.lower === 0 && support.upper === Infinity)
    return { at: log, back: exp, logSlope: (s) => s, middle: log(mean), width: Math.sqrt(log1p((sd / mean) ** 2)) };
  if (support.lower === 0) {
    const width = Math.min(2, sd / (mean * (1 - mean)));
    const at = (y: number) => log(y / (1 - y));
    const back = (s: number) => 1 / (1 + exp(-s));
    return { at, back, logSlope: (s) => -Math.abs(s) - 2 * log1p(exp(-Math.abs(s))), middle: at(mean), width };
  }
  const spread = spreadOf(family, mu, phi, sd);
  const back = (s: number) => mean + 0.5 * spread * (exp(s) - exp(-s));
  const at = (y: number) => {
    const z = (y - mean) / spread;
    return Math.sign(z) * log(Math.abs(z) + Math.sqrt(1 + z * z));
  };
  // The log of spread cosh(s).
  const logSlope = (s: number) => log(0.5 * spread) + Math.abs(s) + log1p(exp(-2 * Math.abs(s)));
  return { at, back, logSlope, middle: 0, width: 0.5 };
}

/** The sd of a normal response with these quartiles, where the family has quantiles: heavy tails have no sd. */
function spreadOf({ cumulative }: Family, mu: number, phi: Auxiliary, sd: number): number {
  const quantile = cumulative?.quantile;
  return quantile === undefined ? sd : (quantile(0.75, mu, phi, 1) - quantile(0.25, mu, phi, 1)) / 1.349;
}
