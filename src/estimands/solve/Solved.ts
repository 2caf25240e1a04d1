import type { EstimandSetting } from "../../summary/Estimands.js";
import type { Solution, SolutionDifference } from "../../summary/Solutions.js";

/** Solutions of all cells, whether there is one or not. */
export interface Solved {
  readonly setting: EstimandSetting;
  readonly rows: readonly Solution[];
  readonly differences: readonly SolutionDifference[];
}
