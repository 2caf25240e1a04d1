import { exp, log, log1p } from "./special/elementary.js";
import { lgamma } from "./special/lgamma.js";
import { logNormalCdfDerivatives } from "./special/logNormalCdfDerivatives.js";
import {
  digamma,
  logLessDigamma,
  tetragamma,
  tetragammaDeficit,
  trigamma,
  trigammaExcess,
} from "./special/polygamma.js";
import { power } from "./special/power.js";
import { saddlePointHeight } from "./special/saddlePoint.js";

/**
 * The Taylor polynomial of a function of one variable, eta, and of m parameters, phi: coefficients of 1, eta, eta^2, eta^3, and then for
 * each k those of phi_k, phi_k eta, phi_k eta^2. Terms of degree 2 in the parameters are left out.
 */
export type Jet = Float64Array;

/** How far polynomials are known: 0 the value; 1 first derivatives; 2 also eta^2 and phi eta; 3 also eta^3 and phi eta^2. */
export type JetOrder = 0 | 1 | 2 | 3;

/** Coefficients of the powers of eta come first. */
const FIRST = 4;
/** Coefficients of each parameter. */
const EACH = 3;

/**
 * Arithmetic of truncated Taylor polynomials (Griewank & Walther 2008, chapter 13). Results live in arrays that the next `start` hands out again, so that
 * a row that is evaluated a million times allocates nothing.
 */
export class JetArithmetic {
  private readonly pool: Jet[] = [];
  private readonly length: number;
  private readonly scratch = { value: 0, dEta: 0, dEta2: 0, dEta3: 0 };
  private used = 0;
  private order: JetOrder = 3;

  constructor(parameters: number) {
    this.length = FIRST + EACH * parameters;
  }

  /** Begins a computation of an order: all jets so far may be overwritten. */
  start(order: JetOrder): void {
    this.used = 0;
    this.order = order;
  }

  constant(value: number): Jet {
    const out = this.next();
    out.fill(0);
    out[0] = value;
    return out;
  }

  /** The variable eta. */
  variable(value: number): Jet {
    const out = this.constant(value);
    out[1] = 1;
    return out;
  }

  /** The parameter phi_k. */
  parameter(k: number, value: number): Jet {
    const out = this.constant(value);
    out[FIRST + EACH * k] = 1;
    return out;
  }

  add(a: Jet, b: Jet): Jet {
    const out = this.next();
    for (let i = 0; i < this.length; i++) out[i] = a[i] + b[i];
    return out;
  }

  subtract(a: Jet, b: Jet): Jet {
    const out = this.next();
    for (let i = 0; i < this.length; i++) out[i] = a[i] - b[i];
    return out;
  }

  /** factor a + constant */
  linear(factor: number, a: Jet, constant: number): Jet {
    const out = this.next();
    for (let i = 0; i < this.length; i++) out[i] = factor * a[i];
    out[0] += constant;
    return out;
  }

  multiply(a: Jet, b: Jet): Jet {
    const { order, length } = this;
    const out = this.next();
    out[0] = a[0] * b[0];
    if (order === 0) return out;
    out[1] = a[0] * b[1] + a[1] * b[0];
    for (let p = FIRST; p < length; p += EACH) out[p] = a[0] * b[p] + a[p] * b[0];
    if (order === 1) return out;
    out[2] = a[0] * b[2] + a[1] * b[1] + a[2] * b[0];
    for (let p = FIRST; p < length; p += EACH)
      out[p + 1] = a[0] * b[p + 1] + a[1] * b[p] + a[p] * b[1] + a[p + 1] * b[0];
    if (order === 2) return out;
    out[3] = a[0] * b[3] + a[1] * b[2] + a[2] * b[1] + a[3] * b[0];
    for (let p = FIRST; p < length; p += EACH)
      out[p + 2] = a[0] * b[p + 2] + a[1] * b[p + 1] + a[2] * b[p] + a[p] * b[2] + a[p + 1] * b[1] + a[p + 2] * b[0];
    return out;
  }

  divide(a: Jet, b: Jet): Jet {
    return this.multiply(a, this.reciprocal(b));
  }

  /** f(a), from f's value and its first three derivatives at the value of a; those beyond the order are not read. */
  compose(a: Jet, value: number, first: number, second: number, third: number): Jet {
    const { order, length } = this;
    const out = this.next();
    out[0] = value;
    if (order === 0) return out;
    out[1] = first * a[1];
    for (let p = FIRST; p < length; p += EACH) out[p] = first * a[p];
    if (order === 1) return out;
    // The Taylor polynomial of f'(a) in eta: first, slope, bend.
    const slope = second * a[1];
    out[2] = first * a[2] + 0.5 * slope * a[1];
    for (let p = FIRST; p < length; p += EACH) out[p + 1] = first * a[p + 1] + slope * a[p];
    if (order === 2) return out;
    const bend = second * a[2] + 0.5 * third * a[1] * a[1];
    out[3] = first * a[3] + slope * a[2] + (third * a[1] * a[1] * a[1]) / 6;
    for (let p = FIRST; p < length; p += EACH) out[p + 2] = first * a[p + 2] + slope * a[p + 1] + bend * a[p];
    return out;
  }

  reciprocal(a: Jet): Jet {
    const r = 1 / a[0];
    return this.compose(a, r, -r * r, 2 * r * r * r, -6 * r * r * r * r);
  }

  exp(a: Jet): Jet {
    const e = exp(a[0]);
    return this.compose(a, e, e, e, e);
  }

  log(a: Jet): Jet {
    const r = 1 / a[0];
    return this.compose(a, log(a[0]), r, -r * r, 2 * r * r * r);
  }

  /** log(1 + a) */
  log1p(a: Jet): Jet {
    const r = 1 / (1 + a[0]);
    return this.compose(a, log1p(a[0]), r, -r * r, 2 * r * r * r);
  }

  sqrt(a: Jet): Jet {
    const root = Math.sqrt(a[0]);
    const r = 1 / a[0];
    return this.compose(a, root, 0.5 * root * r, -0.25 * root * r * r, 0.375 * root * r * r * r);
  }

  /** a^exponent for a positive a. */
  power(a: Jet, exponent: number): Jet {
    const value = power(a[0], exponent);
    const r = 1 / a[0];
    const first = exponent * value * r;
    const second = (exponent - 1) * first * r;
    return this.compose(a, value, first, second, (exponent - 2) * second * r);
  }

  /** log Gamma(a) for a positive a. */
  lgamma(a: Jet): Jet {
    const { order } = this;
    const x = a[0];
    return this.compose(
      a,
      lgamma(x),
      order > 0 ? digamma(x) : 0,
      order > 1 ? trigamma(x) : 0,
      order > 2 ? tetragamma(x) : 0,
    );
  }

  /** log(a^a exp(-a) / Gamma(a)) for a positive a: what is left of log Gamma where its large terms cancel with others. */
  saddlePointHeight(a: Jet): Jet {
    const { order } = this;
    const x = a[0];
    return this.compose(
      a,
      saddlePointHeight(x),
      order > 0 ? logLessDigamma(x) : 0,
      order > 1 ? -trigammaExcess(x) : 0,
      order > 2 ? tetragammaDeficit(x) : 0,
    );
  }

  /** The log of the standard normal distribution function. */
  logNormalCdf(a: Jet): Jet {
    const { scratch } = this;
    logNormalCdfDerivatives(a[0], this.order, scratch);
    return this.compose(a, scratch.value, scratch.dEta, scratch.dEta2, scratch.dEta3);
  }

  /** log(exp(a) + exp(b)) */
  logSumExp(a: Jet, b: Jet): Jet {
    const [larger, smaller] = a[0] >= b[0] ? [a, b] : [b, a];
    return this.add(larger, this.log1p(this.exp(this.subtract(smaller, larger))));
  }

  private next(): Jet {
    if (this.used === this.pool.length) this.pool.push(new Float64Array(this.length));
    return this.pool[this.used++];
  }
}

/** The derivatives that a jet's coefficients stand for, by eta and by the other parameters (`phi`, one entry each). */
export interface JetDerivatives {
  value: number;
  dEta: number;
  dEta2: number;
  dEta3: number;
  readonly dPhi: Float64Array;
  readonly dEtaPhi: Float64Array;
  readonly dEta2Phi: Float64Array;
}

/** Those beyond the order that the jet was computed to are any numbers. */
export function writeDerivatives(jet: Jet, out: JetDerivatives): void {
  out.value = jet[0];
  out.dEta = jet[1];
  out.dEta2 = 2 * jet[2];
  out.dEta3 = 6 * jet[3];
  for (let k = 0, p = FIRST; p < jet.length; k++, p += EACH) {
    out.dPhi[k] = jet[p];
    out.dEtaPhi[k] = jet[p + 1];
    out.dEta2Phi[k] = 2 * jet[p + 2];
  }
}
