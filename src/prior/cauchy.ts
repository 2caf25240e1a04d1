import type { PriorDistribution } from "./Prior.js";
import { positive, real } from "./parameters.js";
import { makeStudentT } from "./studentT.js";

/** cauchy(location, scale) */
export const cauchy: PriorDistribution = {
  name: "cauchy",
  parameters: [real("location"), positive("scale")],
  make: ([location, scale]) => makeStudentT(1, location, scale),
  rescaled: ([location, scale], factor) => [location, factor * scale],
};
