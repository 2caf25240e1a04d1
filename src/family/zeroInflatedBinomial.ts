import { binomial } from "./binomial.js";
import { zeroInflated } from "./zeroInflated.js";

export const zeroInflatedBinomial = zeroInflated(binomial, "zero_inflated_binomial", ["zib"]);
