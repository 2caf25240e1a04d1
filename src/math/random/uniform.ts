/** A source of 32 random bits a call, as a signed integer. */
export interface RandomBits {
  bits(): number;
}

const TWO_TO_21 = 2 ** 21;

/** Uniform on the multiples of 2^-53 strictly between 0 and 1. */
export function openUniform(source: RandomBits): number {
  for (;;) {
    const whole = (source.bits() >>> 0) * TWO_TO_21 + (source.bits() >>> 11);
    if (whole !== 0) return whole / 2 ** 53;
  }
}

/** The odd multiples of 1/2 between -2^52 and 2^52, by all of `high` and the upper 21 bits of `low`. */
export function signedHalves(high: number, low: number): number {
  return high * TWO_TO_21 + (low >>> 11) + 0.5;
}
