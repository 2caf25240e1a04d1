import type { HardReference, ReferenceNumbers } from "./reference.js";

/** The most that a trusted answer may be off: a mean or quantile in posterior sds, an sd relatively. */
export const bounds = { place: 0.3, sd: 0.15 };
/** Standard errors of the reference that are granted on top. */
const ERRORS = 2;

export interface Numbers {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  readonly q5: number;
  readonly q95: number;
}

/** How far an answer is from its reference, at its worst. */
export interface Distance {
  readonly isRight: boolean;
  /** In units of the bounds, the reference's own errors taken off: above 1 is wrong. */
  readonly excess: number;
  /** `q95 of sd[g, Intercept] is off by 0.41 sds` */
  readonly worst: string;
}

/** Throws RangeError where the answer lacks a quantity of the reference. */
export function distanceFrom({ quantities }: HardReference, answer: readonly Numbers[]): Distance {
  const byName = new Map(answer.map((one) => [one.name, one]));
  const all = quantities.flatMap((expected) => {
    const found = byName.get(expected.name);
    if (found === undefined) throw new RangeError(`${expected.name} is not in the answer`);
    return distances(expected, found);
  });
  const worst = all.reduce((most, one) => (one.excess <= most.excess ? most : one));
  return { isRight: worst.excess <= 1, excess: worst.excess, worst: worst.text };
}

interface Measured {
  readonly excess: number;
  readonly text: string;
}

function distances(expected: ReferenceNumbers, found: Numbers): Measured[] {
  const places = (["mean", "q5", "q95"] as const).map((measure) => {
    const error = expected.errors[{ mean: 0, q5: 2, q95: 3 }[measure]];
    const off = found[measure] - expected[measure];
    const beyond = (Math.abs(off) - ERRORS * error) / expected.sd / bounds.place;
    return measured(beyond, `${measure} of ${expected.name} is off by ${(off / expected.sd).toFixed(2)} sds`);
  });
  const ratio = found.sd / expected.sd;
  const beyond = (Math.abs(ratio - 1) - (ERRORS * expected.errors[1]) / expected.sd) / bounds.sd;
  return [...places, measured(beyond, `sd of ${expected.name} is ${ratio.toFixed(2)} times that of the reference`)];
}

/** NaN is beyond every bound. */
function measured(excess: number, text: string): Measured {
  return { excess: Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess, text };
}
