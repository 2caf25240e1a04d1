import { bernoulli } from "./bernoulli.js";
import { binomial } from "./binomial.js";
import type { Family } from "./Family.js";
import { negativeBinomial } from "./negativeBinomial.js";
import { normal } from "./normal.js";
import { poisson } from "./poisson.js";

/** The built-in families. */
export const families: readonly Family[] = [normal, bernoulli, binomial, poisson, negativeBinomial];
