import { bendAt } from "../math/special/bend.js";
import { log } from "../math/special/elementary.js";
import type { TransportReference } from "./TransportReference.js";

/** Where the hyperparameters stand that w stands for: position + scale g(w), with g straight or bent in each component. */
export class HyperTransport {
  /** log |d g / d w| of the last position. */
  logSlopes = 0;
  private readonly reference: Pick<TransportReference, "position" | "scale" | "bends">;
  private readonly bent: Float64Array;
  private readonly slopes: Float64Array;
  private readonly logSlopeDerivatives: Float64Array;

  constructor(reference: Pick<TransportReference, "position" | "scale" | "bends">) {
    const { bends } = reference;
    this.reference = reference;
    this.bent = new Float64Array(bends.length);
    this.slopes = new Float64Array(bends.length).fill(1);
    this.logSlopeDerivatives = new Float64Array(bends.length);
  }

  /** Reads w from the head of a position. */
  place(w: Float64Array, hyperPosition: Float64Array): void {
    const { bent } = this;
    const { position, scale } = this.reference;
    const n = bent.length;
    this.bend(w);
    for (let r = 0; r < n; r++) {
      let total = position[r];
      for (let c = 0; c <= r; c++) total += scale[r * n + c] * bent[c];
      hyperPosition[r] = total;
    }
  }

  /** The adjoint of the last `place`, to a value that has `logSlopes` in it, into the head of `gradient`. */
  chain(hyperGradient: Float64Array, gradient: Float64Array): void {
    const { slopes, logSlopeDerivatives } = this;
    const { scale } = this.reference;
    const n = slopes.length;
    for (let c = 0; c < n; c++) {
      let total = 0;
      for (let r = c; r < n; r++) total += scale[r * n + c] * hyperGradient[r];
      gradient[c] = slopes[c] * total + logSlopeDerivatives[c];
    }
  }

  private bend(w: Float64Array): void {
    const { bent, slopes, logSlopeDerivatives } = this;
    const { bends } = this.reference;
    let product = 1;
    for (let k = 0; k < bends.length; k++) {
      bent[k] = w[k];
      if (bends[k] === 0) continue;
      const { value, slope, curvature } = bendAt(w[k], bends[k]);
      bent[k] = value;
      slopes[k] = slope;
      logSlopeDerivatives[k] = curvature / slope;
      product *= slope;
    }
    this.logSlopes = log(product);
  }
}
