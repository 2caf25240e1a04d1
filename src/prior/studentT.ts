import { log, log1p } from "../math/special/elementary.js";
import { logIncompleteBeta } from "../math/special/incompleteBeta.js";
import { log1mExp } from "../math/special/logProbability.js";
import { logBeta } from "../math/special/saddlePoint.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive, real } from "./parameters.js";
import { univariate } from "./univariate.js";

/** student_t(df, location, scale) */
export const studentT: PriorDistribution = {
  name: "student_t",
  parameters: [positive("df"), real("location"), positive("scale")],
  make: ([df, location, scale]) => makeStudentT(df, location, scale),
};

export function makeStudentT(df: number, location: number, scale: number): Univariate {
  const peak = -logBeta(df / 2, 0.5) - 0.5 * log(df) - log(scale);
  return univariate({
    lower: -Infinity,
    upper: Infinity,
    logDensity(x) {
      const z = (x - location) / scale;
      return peak - 0.5 * (df + 1) * log1p((z / df) * z);
    },
    derivative(x) {
      const z = (x - location) / scale;
      return (-(df + 1) * z) / (df + z * z) / scale;
    },
    logCdf: (x) => logUpperTail((location - x) / scale, df),
    logSurvival: (x) => logUpperTail((x - location) / scale, df),
  });
}

/** log P(T > t) of the standard t distribution; P(|T| > t) = I(df / 2, 1/2) at df / (df + t^2). */
function logUpperTail(t: number, df: number): number {
  const w = (t / df) * t;
  const bothTails = logIncompleteBeta(df / 2, 0.5, 1 / (1 + w), w === Infinity ? 1 : w / (1 + w)) - Math.LN2;
  return t >= 0 ? bothTails : log1mExp(bothTails);
}
