import { negativeBinomial } from "./negativeBinomial.js";
import { zeroInflated } from "./zeroInflated.js";

export const zeroInflatedNegativeBinomial = zeroInflated(negativeBinomial, "zero_inflated_negative_binomial", [
  "zero_inflated_negbinomial",
  "zinb",
]);
