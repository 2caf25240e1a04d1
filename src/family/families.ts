import { adjacent } from "./adjacent.js";
import { bernoulli } from "./bernoulli.js";
import { beta } from "./beta.js";
import { binomial } from "./binomial.js";
import { categorical } from "./categorical.js";
import { cumulative } from "./cumulative.js";
import { exponential } from "./exponential.js";
import type { Family } from "./Family.js";
import { gamma } from "./gamma.js";
import { hurdleGamma } from "./hurdleGamma.js";
import { hurdleLognormal } from "./hurdleLognormal.js";
import { hurdleNegativeBinomial } from "./hurdleNegativeBinomial.js";
import { hurdlePoisson } from "./hurdlePoisson.js";
import { inverseGaussian } from "./inverseGaussian.js";
import { lognormal } from "./lognormal.js";
import { negativeBinomial } from "./negativeBinomial.js";
import { normal } from "./normal.js";
import { poisson } from "./poisson.js";
import { sequential } from "./sequential.js";
import { skewNormal } from "./skewNormal.js";
import { studentT } from "./studentT.js";
import { weibull } from "./weibull.js";
import { zeroInflatedBinomial } from "./zeroInflatedBinomial.js";
import { zeroInflatedNegativeBinomial } from "./zeroInflatedNegativeBinomial.js";
import { zeroInflatedPoisson } from "./zeroInflatedPoisson.js";
import { zeroOneInflatedBeta } from "./zeroOneInflatedBeta.js";

/** The built-in families. */
export const families: readonly Family[] = [
  normal,
  bernoulli,
  binomial,
  poisson,
  negativeBinomial,
  studentT,
  lognormal,
  gamma,
  inverseGaussian,
  exponential,
  weibull,
  skewNormal,
  beta,
  zeroOneInflatedBeta,
  cumulative,
  sequential,
  adjacent,
  categorical,
  zeroInflatedPoisson,
  zeroInflatedNegativeBinomial,
  zeroInflatedBinomial,
  hurdleGamma,
  hurdleLognormal,
  hurdlePoisson,
  hurdleNegativeBinomial,
];
