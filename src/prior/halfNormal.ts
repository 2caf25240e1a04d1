import { makeNormal } from "./normal.js";
import type { PriorDistribution } from "./Prior.js";
import { positive } from "./parameters.js";
import { positiveHalf } from "./truncate.js";

/** half_normal(scale): |X| of normal(0, scale). The half_ forms take no location. */
export const halfNormal: PriorDistribution = {
  name: "half_normal",
  parameters: [positive("scale")],
  make: ([scale]) => positiveHalf(makeNormal(0, scale)),
  rescaled: ([scale], factor) => [factor * scale],
};
