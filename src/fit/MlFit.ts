import { checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import type { Estimates } from "../engine/ml/Estimates.js";
import type { MlOptions } from "../engine/ml/options.js";
import type { DispersionCheck } from "./dispersion.js";
import type { NotEstimable } from "./notEstimable.js";
import type { PreparedModel } from "./prepare.js";

/** A model fitted by maximum likelihood, which leaves its priors out unless it is penalised by them. */
export interface MlFit extends PreparedModel {
  readonly engine: "ml";
  /** Estimates with standard errors and intervals, conditional modes of the random effects, notes. */
  readonly ml: Estimates;
  /** Coefficients that the data do not determine, or that run to infinity; empty for a penalised fit. */
  readonly notEstimable: readonly NotEstimable[];
  /** With n = rows in BIC; null for a method without a likelihood, and for a penalised one. */
  readonly criteria: { readonly aic: number; readonly bic: number } | null;
  /** Pearson's chi-square at the estimates and the conditional modes; null where it has nothing to tell. */
  readonly dispersion: DispersionCheck | null;
  /** The engine's options as used. */
  readonly options: MlOptions;
  /** Wall time in seconds. */
  readonly seconds: { readonly compile: number; readonly fit: number };
}

/** Notes after which the estimates must not be taken as they are. */
const grave: readonly string[] = ["not-converged", "undetermined", "points-limit", "dispersion-limit", "infinite-sd"];

/** Whether the estimates must not be taken for the maximum. */
export function isUntrustedMl(fit: Pick<MlFit, "ml">): boolean {
  checkArgument(ofEstimates, fit, "isUntrustedMl", "fit");
  const { ml } = fit;
  return !ml.convergence.converged || ml.notes.some(({ code }) => grave.includes(code));
}

const ofEstimates = objectWith(
  "not-a-fit",
  "a fit by maximum likelihood, the result of await fit(...) with the engine ml",
  {
    ml: "object",
  },
);
