/**
 * Elementary functions of two numbers at once, in plain SIMD (no relaxed instructions), so the same bits everywhere.
 * Every one of them answers NaN to NaN. Polynomials are Chebyshev interpolants computed in 60 digits.
 */

const LN2_HIGH = f64x2.splat(0.6931471803691238);
const LN2_LOW = f64x2.splat(1.9082149292705877e-10);
const ONE = f64x2.splat(1);
const TWO = f64x2.splat(2);
const MANTISSA = i64x2.splat(0x000fffffffffffff);

/** Adding this rounds a double to an integer, which then stands in the low bits of the sum. */
const ROUNDER = f64x2.splat(6755399441055744); // 1.5 * 2^52

/** p x + c: one step of Horner's rule. */
function step(p: v128, x: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(p, x), f64x2.splat(c));
}

export function sum(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** x > lowest ? x : lowest */
export function atLeast(x: v128, lowest: f64): v128 {
  return f64x2.pmax(x, f64x2.splat(lowest));
}

export function atMost(x: v128, highest: f64): v128 {
  return f64x2.pmin(x, f64x2.splat(highest));
}

/** The nearest integer k to x / ln 2 plus `ROUNDER`; |x| below 1e6. */
export function exponentOf(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(Math.LOG2E)), ROUNDER);
}

/** x - k ln 2, with ln 2 in two parts: in [-0.347, 0.347]. */
export function remainderOf(x: v128, exponent: v128): v128 {
  const k = f64x2.sub(exponent, ROUNDER);
  return f64x2.sub(f64x2.sub(x, f64x2.mul(k, LN2_HIGH)), f64x2.mul(k, LN2_LOW));
}

/** 2^k times 2^(bias - 1023), while that is a normal number. */
export function powerOfTwo(exponent: v128, bias: i64): v128 {
  return i64x2.add(i64x2.shl(exponent, 52), i64x2.splat(bias << 52));
}

/** 2 (e^r - 1) for |r| < 0.347, degree 11. Twice, so that e^x with a half power of two reaches both ends of the range. */
function twiceExpm1(r: v128): v128 {
  const z = f64x2.mul(r, r);
  let odd = step(f64x2.splat(5.020077099102064e-8), z, 5.511453691999413e-6);
  odd = step(odd, z, 0.00039682539726107235);
  odd = step(odd, z, 0.016666666666660123);
  odd = step(odd, z, 0.33333333333333337);
  odd = step(odd, z, 2);
  let even = step(f64x2.splat(5.524017689081949e-7), z, 4.960304259190875e-5);
  even = step(even, z, 0.0027777777834427433);
  even = step(even, z, 0.08333333333324826);
  even = step(even, z, 1);
  return f64x2.add(f64x2.mul(odd, r), f64x2.mul(even, z));
}

/** 2^(i / 64 - 1) for i from -32 to 31. */
const HALF_POWERS = memory.data<f64>([
  0.3535533905932738, 0.3574033345979925, 0.36129520174426166, 0.36522944854516176, 0.36920653648487484,
  0.3732269320728162, 0.3772911068983557, 0.3813995376861346, 0.3855527063519852, 0.38975110005945923,
  0.3939952112769716, 0.39828553783556675, 0.40262258298731357, 0.40700685546433696, 0.41143886953849124,
  0.4159191450816841, 0.42044820762685725, 0.42502658842963087, 0.4296548245306195, 0.43433345881842655,
  0.43906304009332486, 0.4438441231316303, 0.4486772687507768, 0.4535630438750997, 0.4585020216023356,
  0.46349478127084637, 0.468541908527575, 0.4736439953967414, 0.47880164034928685, 0.4840154483730736,
  0.48928603104385004, 0.49461400659698773, 0.5, 0.5054446430258502, 0.5109485743270583, 0.5165124395106142,
  0.5221368912137069, 0.5278225891802786, 0.5335702003384118, 0.5393803988785599, 0.5452538663326288,
  0.5511912916539204, 0.5571933712979462, 0.5632608093041209, 0.5693943173783458, 0.5755946149764913,
  0.5818624293887887, 0.5881984958251406, 0.5946035575013605, 0.6010783657263515, 0.6076236799902345, 0.614240268053435,
  0.620928906036742, 0.6276903785123455, 0.6345254785958666, 0.6414350080393891, 0.6484197773255048, 0.6554806057623822,
  0.6626183215798707, 0.6698337620266515, 0.6771277734684463, 0.6845012114872953, 0.691954940981916, 0.6994898362691556,
]);
/** What `exp` needs, in memory: loading it is quicker than what engines make of literals. */
const EXP_NUMBERS = memory.data<f64>([
  -707.7,
  710,
  92.33248261689366, // 64 / ln 2
  6755399441055776, // `ROUNDER` and the place of i = 0
  0.01083042469326756, // ln 2 / 64 in two parts
  2.9815858269852933e-12,
  0.5,
  0.16666666666666666,
  0.041666666666666664,
  0.008333333333333333,
]);

function expNumber(k: usize): v128 {
  return v128.load64_splat(EXP_NUMBERS + (k << 3));
}

/** e^x = 2^(e + i / 64) e^r, |r| below 0.0055; 0 below -707.7, Infinity above 709.78. */
export function exp(x: v128): v128 {
  const bounded = f64x2.pmin(f64x2.pmax(x, expNumber(0)), expNumber(1));
  const places = f64x2.add(f64x2.mul(bounded, expNumber(2)), expNumber(3));
  const k = f64x2.sub(places, expNumber(3));
  const r = f64x2.sub(f64x2.sub(bounded, f64x2.mul(k, expNumber(4))), f64x2.mul(k, expNumber(5)));
  const rr = f64x2.mul(r, r);
  const cubic = f64x2.add(f64x2.mul(r, expNumber(7)), expNumber(6));
  const quintic = f64x2.add(f64x2.mul(r, expNumber(9)), expNumber(8));
  const expm1 = f64x2.add(r, f64x2.mul(rr, f64x2.add(cubic, f64x2.mul(rr, quintic))));
  const power = i64x2.shl(v128.and(places, i64x2.splat(~63)), 46);
  const halfScale = i64x2.add(halfPowers(places), power);
  const half = f64x2.add(halfScale, f64x2.mul(halfScale, expm1));
  return v128.andnot(f64x2.add(half, half), f64x2.lt(x, expNumber(0)));
}

function halfPowers(places: v128): v128 {
  const first = (<usize>i32x4.extract_lane(places, 0) & 63) << 3;
  const second = (<usize>i32x4.extract_lane(places, 2) & 63) << 3;
  return v128.load64_lane(HALF_POWERS + second, v128.load64_splat(HALF_POWERS + first), 1);
}

/** 2^k (e^r - 1) for x = k ln 2 + r: e^x is this plus 2^k, and e^x - 1 this plus (2^k - 1), each to full relative accuracy. */
export function expm1Scaled(exponent: v128, remainder: v128): v128 {
  return f64x2.mul(twiceExpm1(remainder), powerOfTwo(exponent, 1022));
}

/** R(r) = r coth(r / 2), degree 10: e^r = (R + r) / (R - r), so that e^r / (1 + e^r) costs a single division. */
export function halfCoth(r: v128): v128 {
  const z = f64x2.mul(r, r);
  let p = step(f64x2.splat(4.1437662804024295e-8), z, -1.6534060033836456e-6);
  p = step(p, z, 6.613756471622828e-5);
  p = step(p, z, -0.0027777777777564404);
  p = step(p, z, 0.1666666666666666);
  return step(p, z, 2);
}

/** 2 atanh(s) / s - 2 for |s| <= 1/3, degree 20. */
function atanhTail(s: v128): v128 {
  const z = f64x2.mul(s, s);
  const zz = f64x2.mul(z, z);
  let odd = step(f64x2.splat(0.1616404561194353), zz, 0.12001072809590713);
  odd = step(odd, zz, 0.15385570064958623);
  odd = step(odd, zz, 0.22222222717427864);
  odd = step(odd, zz, 0.40000000000014585);
  let even = step(f64x2.splat(0.08800738486144674), zz, 0.13314144209654935);
  even = step(even, zz, 0.18181789436132859);
  even = step(even, zz, 0.2857142856710876);
  even = step(even, zz, 0.6666666666666666);
  return f64x2.add(f64x2.mul(odd, zz), f64x2.mul(even, z));
}

/** log(1 + x) = 2 atanh(s), s = x / (2 + x), for x in [-1/2, 1]; written so that the error of s counts little. */
export function log1p(x: v128): v128 {
  const s = f64x2.div(x, f64x2.add(x, TWO));
  return f64x2.sub(x, f64x2.mul(s, f64x2.sub(x, atanhTail(s))));
}

/** log(1 + a / b) for 0 <= a <= b. */
export function log1pRatio(a: v128, b: v128): v128 {
  const s = f64x2.div(a, f64x2.add(a, f64x2.add(b, b)));
  return f64x2.mul(s, f64x2.add(TWO, atanhTail(s)));
}

/** All bits (a NaN) where x is no positive, normal, finite number, else none. */
function outsideLogDomain(x: v128): v128 {
  const inside = v128.and(f64x2.ge(x, f64x2.splat(2.2250738585072014e-308)), f64x2.lt(x, f64x2.splat(Infinity)));
  return v128.not(inside);
}

/** The bits of x moved so that the exponent field changes at (nearly) sqrt(1/2). */
function splitAtRootHalf(x: v128): v128 {
  return i64x2.add(x, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e00000000));
}

/** m in [sqrt(1/2), sqrt(2)) of x = m 2^k. */
function mantissaOf(split: v128): v128 {
  return i64x2.add(v128.and(split, MANTISSA), i64x2.splat(0x3fe6a09e00000000));
}

function binaryExponentOf(split: v128): v128 {
  const biased = v128.or(i64x2.shr_u(split, 52), i64x2.splat(0x4330000000000000)); // 2^52 + k + 1023
  return f64x2.sub(biased, f64x2.splat(4503599627371519));
}

function addBinaryExponent(log: v128, k: v128): v128 {
  return f64x2.add(f64x2.mul(k, LN2_HIGH), f64x2.add(log, f64x2.mul(k, LN2_LOW)));
}

/** log x for a positive, normal, finite x; else NaN. */
export function log(x: v128): v128 {
  const split = splitAtRootHalf(x);
  const f = f64x2.sub(mantissaOf(split), ONE);
  const log = addBinaryExponent(log1p(f), binaryExponentOf(split));
  return v128.or(log, outsideLogDomain(x));
}

/** log u for a normal u in (0, 1] of which 1 - u is known to full relative accuracy too; else NaN. */
export function logWithComplement(u: v128, complement: v128): v128 {
  const near = f64x2.ge(u, f64x2.splat(0.5));
  const split = splitAtRootHalf(u);
  const f = v128.bitselect(f64x2.neg(complement), f64x2.sub(mantissaOf(split), ONE), near);
  const k = v128.andnot(binaryExponentOf(split), near);
  const log = addBinaryExponent(log1p(f), k);
  return v128.or(log, outsideLogDomain(u));
}

/**
 * A long product of positive normal numbers is kept as a product of mantissas in [1, 2), safe for 1000 of them, and a sum
 * of exponent fields: its log is then one log.
 */
export function unitMantissa(x: v128): v128 {
  return v128.or(v128.and(x, MANTISSA), ONE);
}

export function exponentField(x: v128): v128 {
  return i64x2.shr_u(x, 52);
}

/** The log of each lane's product of `factors` numbers. */
export function logOfProducts(mantissas: v128, exponentFields: v128, factors: usize): v128 {
  const exponents = i64x2.sub(exponentFields, i64x2.splat(1023 * <i64>factors));
  const first = f64x2.splat(<f64>i64x2.extract_lane(exponents, 0));
  const both = f64x2.replace_lane(first, 1, <f64>i64x2.extract_lane(exponents, 1));
  return f64x2.add(log(mantissas), f64x2.mul(both, f64x2.splat(Math.LN2)));
}

/**
 * e^(z^2 / 2) Phi(-z) for z >= 0, the normal tail without its fall (erfcx(z / sqrt 2) / 2): (z + 4) times it is a polynomial
 * of degree 24 in (z - 4) / (z + 4), summed as its even and its odd half.
 */
export function scaledNormalTail(z: v128): v128 {
  const inverse = f64x2.div(ONE, f64x2.add(z, f64x2.splat(4)));
  const t = f64x2.sub(ONE, f64x2.mul(f64x2.splat(8), inverse));
  const tt = f64x2.mul(t, t);
  return f64x2.mul(f64x2.add(tailEven(tt), f64x2.mul(tailOdd(tt), t)), inverse);
}

function tailEven(tt: v128): v128 {
  let p = step(f64x2.splat(3.51569242668093e-10), tt, -3.798041859957449e-9);
  p = step(p, tt, 2.1604426842720404e-8);
  p = step(p, tt, -8.713294621467491e-8);
  p = step(p, tt, 2.727176083262385e-7);
  p = step(p, tt, -6.299974265164222e-7);
  p = step(p, tt, 7.167263978705016e-7);
  p = step(p, tt, -1.908265085342679e-6);
  p = step(p, tt, 0.00013334431270030784);
  p = step(p, tt, -0.0034796923673884156);
  p = step(p, tt, 0.06039657489093607);
  p = step(p, tt, 0.38713740074221453);
  return step(p, tt, 0.7552851304157515);
}

function tailOdd(tt: v128): v128 {
  let p = step(f64x2.splat(-1.1742107539247065e-10), tt, -6.021003727951476e-10);
  p = step(p, tt, 1.7881872409503415e-8);
  p = step(p, tt, -1.5982676610438677e-7);
  p = step(p, tt, 1.0248325060946323e-6);
  p = step(p, tt, -5.921638801978817e-6);
  p = step(p, tt, 3.5145122560125815e-5);
  p = step(p, tt, -0.00023109501999200649);
  p = step(p, tt, 0.0016308184678064444);
  p = step(p, tt, -0.007540188967419565);
  p = step(p, tt, -0.18652185795963533);
  return step(p, tt, -0.6078966419718923);
}
