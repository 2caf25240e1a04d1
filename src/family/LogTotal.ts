import { exp, log } from "../math/special/elementary.js";
import type { RowDerivatives } from "./Family.js";

/**
 * The log of a sum of many terms, with its derivatives from those of the terms' logs: under the shares of the terms these are the cumulants of `logCombination.ts`, whose moments
 * are summed here.
 */
export class LogTotal {
  private scale = -Infinity;
  private sum = 0;
  private readonly moments = new Float64Array(3);
  private readonly mixed: readonly Float64Array[];

  /** Parameters besides the mean. */
  readonly parameters: number;

  constructor(parameters: number) {
    this.parameters = parameters;
    this.mixed = [0, 1, 2].map(() => new Float64Array(parameters));
  }

  clear(): void {
    [this.scale, this.sum] = [-Infinity, 0];
    this.moments.fill(0);
    for (const values of this.mixed) values.fill(0);
  }

  /** The log of the sum so far. */
  get value(): number {
    return this.sum > 0 ? this.scale + log(this.sum) : -Infinity;
  }

  /** A term whose log is that of the row, and `logWeight`. */
  add(logWeight: number, row: RowDerivatives, order: 0 | 1 | 2 | 3): void {
    const height = row.value + logWeight;
    if (!(height > -Infinity)) return;
    if (height > this.scale) this.rescale(height);
    const weight = exp(height - this.scale);
    this.sum += weight;
    if (order === 0) return;
    const { dEta: a1, dEta2: a2, dEta3: a3 } = row;
    const second = order > 1 ? a2 + a1 * a1 : 0;
    this.moments[0] += weight * a1;
    this.moments[1] += weight * second;
    if (order > 2) this.moments[2] += weight * (a3 + 3 * a1 * a2 + a1 * a1 * a1);
    const [N0, N1, N2] = this.mixed;
    for (let k = 0; k < N0.length; k++) {
      const [p, p1, p2] = [row.dPhi[k], row.dEtaPhi[k], row.dEta2Phi[k]];
      N0[k] += weight * p;
      if (order > 1) N1[k] += weight * (p1 + a1 * p);
      if (order > 2) N2[k] += weight * (p2 + 2 * p1 * a1 + p * second);
    }
  }

  write(out: RowDerivatives): void {
    out.value = this.value;
    const [M1, M2, M3] = this.moments.map((moment) => moment / this.sum);
    out.dEta = M1;
    out.dEta2 = M2 - M1 * M1;
    out.dEta3 = M3 - 3 * M1 * M2 + 2 * M1 * M1 * M1;
    for (let k = 0; k < out.dPhi.length; k++) {
      const [N0, N1, N2] = this.mixed.map((values) => values[k] / this.sum);
      out.dPhi[k] = N0;
      out.dEtaPhi[k] = N1 - N0 * M1;
      out.dEta2Phi[k] = N2 - 2 * N1 * M1 - N0 * M2 + 2 * N0 * M1 * M1;
    }
  }

  private rescale(height: number): void {
    const factor = exp(this.scale - height);
    this.scale = height;
    this.sum *= factor;
    for (const values of [this.moments, ...this.mixed]) for (let k = 0; k < values.length; k++) values[k] *= factor;
  }
}
