import { exp } from "../math/special/elementary.js";
import { logDiffExp } from "../math/special/logProbability.js";
import type { LogProbability } from "./binary.js";
import type { RowDerivatives } from "./Family.js";
import { type CategoryDensity, latentDistribution, ordinal, thresholdsIn } from "./ordinal.js";
import { newRowDerivatives } from "./rowLikelihoods.js";

/** Partial derivatives of log(F(a) - F(b)), or of log F(a) or log(1 - F(b)) for the categories at the ends. */
interface Partials {
  value: number;
  a: number;
  b: number;
  aa: number;
  ab: number;
  bb: number;
  aaa: number;
  aab: number;
  abb: number;
  bbb: number;
}

const zeros: Partials = { value: 0, a: 0, b: 0, aa: 0, ab: 0, bb: 0, aaa: 0, aab: 0, abb: 0, bbb: 0 };

/** P(Y <= k) = F(disc (threshold[k] - mu)) with F the inverse link (McCullagh 1980, J. R. Statist. Soc. B 42). */
export const cumulative = ordinal(
  "cumulative",
  "ordered",
  {
    dividedAt: "P(y <= k)",
    aliases: ["clm", "clmm", "polr", "ordinal"],
    ratios: { logit: { singular: "odds ratio", plural: "odds ratios" } },
  },
  cumulativeDensity,
);

function cumulativeDensity(link: string): CategoryDensity {
  const { below, above } = latentDistribution(link);
  const between = betweenThresholds(below, above);
  const part = newRowDerivatives(0);
  const at: Partials = { ...zeros };
  return (k, eta, phi, order, out) => {
    const last = thresholdsIn(phi);
    const disc = phi[last];
    const upper = k <= last ? phi[k - 1] - eta : 0;
    const lower = k > 1 ? phi[k - 2] - eta : 0;
    Object.assign(at, zeros);
    if (k === 1) {
      below(disc * upper, order, part);
      [at.value, at.a, at.aa, at.aaa] = [part.value, part.dEta, part.dEta2, part.dEta3];
    } else if (k > last) {
      above(disc * lower, order, part);
      [at.value, at.b, at.bb, at.bbb] = [part.value, part.dEta, part.dEta2, part.dEta3];
    } else between(disc * upper, disc * lower, order, at);
    out.value = k <= last + 1 ? at.value : Number.NEGATIVE_INFINITY;
    if (order > 0) chain(at, { k, upper, lower, disc, last }, order, out);
  };
}

interface Place {
  readonly k: number;
  readonly upper: number;
  readonly lower: number;
  readonly disc: number;
  readonly last: number;
}

/** From those in a = disc upper and b = disc lower to those in the linear predictor, the two thresholds and disc. */
function chain(
  at: Partials,
  { k, upper, lower, disc: d, last }: Place,
  order: 0 | 1 | 2 | 3,
  out: RowDerivatives,
): void {
  const inA = at.aa + at.ab;
  const inB = at.ab + at.bb;
  const thirdA = at.aaa + 2 * at.aab + at.abb;
  const thirdB = at.aab + 2 * at.abb + at.bbb;
  out.dEta = -d * (at.a + at.b);
  out.dEta2 = d * d * (inA + inB);
  out.dEta3 = -d * d * d * (thirdA + thirdB);
  out.dPhi.fill(0);
  if (order > 1) out.dEtaPhi.fill(0);
  if (order > 2) out.dEta2Phi.fill(0);
  if (k <= last) set(out, k - 1, d * at.a, -d * d * inA, d * d * d * thirdA);
  if (k > 1) set(out, k - 2, d * at.b, -d * d * inB, d * d * d * thirdB);
  set(
    out,
    last,
    upper * at.a + lower * at.b,
    -at.a - at.b - d * (upper * inA + lower * inB),
    2 * d * (inA + inB) + d * d * (upper * thirdA + lower * thirdB),
  );
}

function set(out: RowDerivatives, place: number, first: number, second: number, third: number): void {
  out.dPhi[place] = first;
  out.dEtaPhi[place] = second;
  out.dEta2Phi[place] = third;
}

/** log(F(a) - F(b)), by the tail in which both are smaller. */
function betweenThresholds(below: LogProbability, above: LogProbability) {
  const [ofA, ofB] = [newRowDerivatives(0), newRowDerivatives(0)];
  return (a: number, b: number, order: 0 | 1 | 2 | 3, out: Partials): void => {
    const isUpper = a + b > 0;
    const tail = isUpper ? above : below;
    tail(a, order, ofA);
    tail(b, order, ofB);
    out.value = !(a > b)
      ? Number.NEGATIVE_INFINITY
      : isUpper
        ? logDiffExp(ofB.value, ofA.value)
        : logDiffExp(ofA.value, ofB.value);
    if (order === 0) return;
    const sign = isUpper ? -1 : 1;
    const [p, p1, p2] = ratios(ofA, sign, out.value);
    const [q, q1, q2] = ratios(ofB, sign, out.value);
    out.a = p;
    out.b = -q;
    out.aa = p1 - p * p;
    out.ab = p * q;
    out.bb = -q1 - q * q;
    out.aaa = p2 - 3 * p * p1 + 2 * p * p * p;
    out.aab = q * (p1 - 2 * p * p);
    out.abb = p * (q1 + 2 * q * q);
    out.bbb = -q2 - 3 * q * q1 - 2 * q * q * q;
  };
}

/** The density and its two derivatives, each over the difference, from those of the log of a tail. */
function ratios(tail: RowDerivatives, sign: number, logDifference: number): readonly [number, number, number] {
  const share = sign * exp(tail.value - logDifference);
  const { dEta: first, dEta2: second, dEta3: third } = tail;
  return [
    share * first,
    share * (second + first * first),
    share * (third + 3 * first * second + first * first * first),
  ];
}
