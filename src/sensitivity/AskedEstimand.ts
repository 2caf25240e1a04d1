import type { TableInput } from "../data/toTable.js";
import type { ContrastsOptions } from "../estimands/contrastsOptions.js";
import type { MeansOptions } from "../estimands/options.js";
import type { SlopesOptions } from "../estimands/slopesOptions.js";
import type { SolveOptions } from "../estimands/solve/options.js";
import type { PredictOptions } from "../predict/options.js";
import type { PopulationOptions } from "../predict/population/options.js";

/** All that another function tells of a fit, by the name of the function and its options. `data`: rows, as `predict` and `population` take them; those of the fit where it is left out. */
export type AskedEstimand =
  | { readonly means: MeansOptions }
  | { readonly contrasts: ContrastsOptions }
  | { readonly slopes: SlopesOptions }
  | { readonly solve: SolveOptions }
  | { readonly predict: Partial<PredictOptions>; readonly data?: TableInput | null }
  | { readonly population: PopulationOptions; readonly data?: TableInput | null };

const names = ["means", "contrasts", "slopes", "solve", "predict", "population"] as const;

/** Whether a value asks for what a function tells; its options are checked when it is called. */
export function isAskedEstimand(given: object): given is AskedEstimand {
  const asked = Object.entries(given).filter(([name]) => name !== "data");
  return asked.length === 1 && names.some((name) => name === asked[0][0]) && typeof asked[0][1] === "object";
}
