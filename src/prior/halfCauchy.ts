import type { PriorDistribution } from "./Prior.js";
import { positive } from "./parameters.js";
import { makeStudentT } from "./studentT.js";
import { positiveHalf } from "./truncate.js";

/** half_cauchy(scale): |X| of cauchy(0, scale) */
export const halfCauchy: PriorDistribution = {
  name: "half_cauchy",
  parameters: [positive("scale")],
  make: ([scale]) => positiveHalf(makeStudentT(1, 0, scale)),
  rescaled: ([scale], factor) => [factor * scale],
};
