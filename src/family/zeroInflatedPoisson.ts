import { poisson } from "./poisson.js";
import { zeroInflated } from "./zeroInflated.js";

export const zeroInflatedPoisson = zeroInflated(poisson, "zero_inflated_poisson", ["zip", "ziPoisson"]);
