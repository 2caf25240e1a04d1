import type { Hyperparameters } from "./Hyperparameters.js";
import { crossX, linearPredictor } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";

/** The dispersion as rows of psi: one number for all, or a linear predictor of its own. */
export interface Dispersion {
  /** Free parameters, r. */
  readonly size: number;
  /** Where `Hyperparameters` keeps them. */
  readonly values: Float64Array;
  readonly gradients: Float64Array;
  fillPsi(dispersion: Float64Array, psi: Float64Array): void;
  /** phi and d phi / d psi of one row. */
  phi(psi: number): number;
  dPhi(psi: number): number;
  cross(s: Float64Array, out: Float64Array): void;
}

export function scalarDispersion(hyper: Hyperparameters, scalar: number | null): Dispersion {
  const size = hyper.scalars.length;
  return {
    size,
    values: hyper.scalars,
    gradients: hyper.scalarsGradient,
    fillPsi: (dispersion, psi) => psi.fill(size > 0 ? dispersion[0] : (scalar ?? 1)),
    phi: (psi) => psi,
    dPhi: () => 1,
    cross(s, out) {
      if (size > 0) out[0] = s.reduce((a, b) => a + b, 0);
    },
  };
}

export function modelledDispersion(
  hyper: Hyperparameters,
  { dispersionLink: link }: ResponseModel,
  data: PredictorData,
): Dispersion {
  if (link === null) throw new RangeError("a modelled dispersion needs its link");
  return {
    size: data.columns,
    values: hyper.predictors[1].beta,
    gradients: hyper.predictors[1].betaGradient,
    fillPsi: (dispersion, psi) => linearPredictor(data, dispersion, [], psi),
    phi: (psi) => link.inverseLink(psi),
    dPhi: (psi) => link.dMuDEta(psi),
    cross: (s, out) => crossX(data, s, out),
  };
}
