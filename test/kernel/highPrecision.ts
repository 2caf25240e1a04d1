/**
 * exp, log and the normal tail in fixed-point integers, far beyond double precision: the oracle of the vector functions.
 * A number is an integer times 2^-256.
 */

const fractionBits = 256;
const bits = BigInt(fractionBits);
export const one = 1n << bits;

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> bits;
}

function over(a: bigint, b: bigint): bigint {
  return (a << bits) / b;
}

/** x * 2^shift, exact while its last bit is above 2^-256. */
export function fixed(x: number, shift = 0): bigint {
  const [integer, exponent] = integerAndExponent(x);
  const places = exponent + shift + fractionBits;
  return places >= 0 ? integer << BigInt(places) : integer >> BigInt(-places);
}

/** x = integer * 2^exponent */
function integerAndExponent(x: number): [bigint, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const field = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const integer = field === 0 ? fraction : fraction | (1n << 52n);
  return [x < 0 ? -integer : integer, Math.max(field, 1) - 1075];
}

/** 2 atanh(s), |s| <= 1/3 */
function twiceAtanh(s: bigint): bigint {
  const square = times(s, s);
  let total = 0n;
  let power = s;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    total += power / n;
    power = times(power, square);
  }
  return 2n * total;
}

const ln2 = twiceAtanh(one / 3n);

function squareRoot(x: bigint): bigint {
  const target = x << bits;
  let root = x > one ? x : one;
  for (;;) {
    const next = (root + target / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** 16 atan(1/5) - 4 atan(1/239) (Machin 1706) */
const pi = 16n * arctangentOfInverse(5n) - 4n * arctangentOfInverse(239n);

function arctangentOfInverse(n: bigint): bigint {
  let total = 0n;
  let power = one / n;
  for (let k = 1n; power !== 0n; k += 2n) {
    total += (k % 4n === 1n ? power : -power) / k;
    power /= n * n;
  }
  return total;
}

const rootTwoPi = squareRoot(2n * pi);

/** e^x = value * 2^exponent, value in [1/2, 2] */
export function exp(x: bigint): { value: bigint; exponent: number } {
  const exponent = x / ln2;
  const remainder = x - exponent * ln2;
  let value = 0n;
  let term = one;
  for (let n = 1n; term !== 0n && term !== -1n; n += 1n) {
    value += term;
    term = times(term, remainder) / n;
  }
  return { value, exponent: Number(exponent) };
}

/** The log of a positive normal double. */
export function log(x: number): bigint {
  const [integer, exponent] = integerAndExponent(x);
  const scaled = integer << (bits - 53n); // in [1/2, 1)
  return twiceAtanh(over(scaled - one, scaled + one)) + BigInt(exponent + 53) * ln2;
}

/** log(1 + x) for x in [-1/2, 1] */
export function log1p(x: number): bigint {
  return twiceAtanh(over(fixed(x), 2n * one + fixed(x)));
}

/** e^(z^2 / 2) Phi(-z): the power series up to 12, beyond it Laplace's continued fraction. */
export function scaledNormalTail(z: bigint): bigint {
  return z <= 12n * one ? tailBySeries(z) : tailByFraction(z);
}

function tailBySeries(z: bigint): bigint {
  const square = times(z, z);
  const { value, exponent } = exp(square / 2n);
  let odd = 0n;
  let term = z;
  for (let n = 3n; term !== 0n; n += 2n) {
    odd += term;
    term = times(term, square) / n;
  }
  return ((value << BigInt(exponent)) >> 1n) - over(odd, rootTwoPi);
}

function tailByFraction(z: bigint): bigint {
  let fraction = z;
  for (let n = 100n; n >= 1n; n -= 1n) fraction = z + over(n * one, fraction);
  return over(one, times(fraction, rootTwoPi));
}

/** |value * 2^shift / reference - 1| as a double. */
export function relativeError(value: number, reference: bigint, shift = 0): number {
  if (reference === 0n) return Math.abs(value);
  return Math.abs(Number(over(fixed(value, shift) - reference, reference) >> (bits - 128n)) / 2 ** 128);
}
