import { hurdle } from "./hurdle.js";
import { negativeBinomial } from "./negativeBinomial.js";

export const hurdleNegativeBinomial = hurdle(
  negativeBinomial,
  "hurdle_negative_binomial",
  ["hurdle_negbinomial", "truncated_nbinom2"],
  negativeBinomial.checkResponse,
);
