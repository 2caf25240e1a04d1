import { log, log1p } from "../math/special/elementary.js";
import { logIncompleteBeta } from "../math/special/incompleteBeta.js";
import { log1mExp } from "../math/special/logProbability.js";
import { logBeta } from "../math/special/saddlePoint.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive, real } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** From z^2 / df on, 1 + z^2 / df is z^2 / df, and the tail its first term x^(df/2) / (df/2 B(df/2, 1/2)). */
const FAR = 1e100;

/** student_t(df, location, scale). At 0.5 and df = 1e15 @stdlib/stats-base-dists-t-logpdf has -1.030, where R has -1.044; its -cauchy-logcdf is -Infinity at -1e20, where R has -47.196. */
export const studentT: PriorDistribution = {
  name: "student_t",
  parameters: [positive("df"), real("location"), positive("scale")],
  make: ([df, location, scale]) => makeStudentT(df, location, scale),
  rescaled: ([df, location, scale], factor) => [df, location, factor * scale],
};

export function makeStudentT(df: number, location: number, scale: number): Univariate {
  const peak = -logBeta(df / 2, 0.5) - 0.5 * log(df) - log(scale);
  return univariate({
    lower: -Infinity,
    upper: Infinity,
    logDensity(x) {
      return peak - 0.5 * (df + 1) * logSpread((x - location) / scale, df);
    },
    derivative(x) {
      const z = (x - location) / scale;
      return (-(df + 1) * z) / (df + z * z) / scale;
    },
    stan: stanCall("student_t_lpdf", df, location, scale),
    logCdf: (x) => logUpperTail((location - x) / scale, df),
    logSurvival: (x) => logUpperTail((x - location) / scale, df),
  });
}

/** log(1 + z^2 / df) */
function logSpread(z: number, df: number): number {
  const w = (z / df) * z;
  return w < FAR ? log1p(w) : 2 * log(Math.abs(z)) - log(df);
}

/** log P(T > t) of the standard t distribution; P(|T| > t) = I(df / 2, 1/2) at x = df / (df + t^2). */
function logUpperTail(t: number, df: number): number {
  const w = (t / df) * t;
  const bothTails =
    w < FAR
      ? logIncompleteBeta(df / 2, 0.5, 1 / (1 + w), w / (1 + w))
      : -0.5 * df * logSpread(t, df) - log(df / 2) - logBeta(df / 2, 0.5);
  return t >= 0 ? bothTails - Math.LN2 : log1mExp(bothTails - Math.LN2);
}
