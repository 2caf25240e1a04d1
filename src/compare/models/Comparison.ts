import type { Estimates, MlNote } from "../../engine/ml/Estimates.js";
import type { Problem } from "../../language/ModelError.js";
import type { WithPlugins } from "../../posterior/PluginRecord.js";
import type { LikelihoodRatioTest } from "./likelihoodRatio.js";
import type { Restriction } from "./Restriction.js";

/** Two models of the same data fitted by maximum likelihood, side by side: plain data. */
export interface Comparison extends WithPlugins {
  /** Rows used, the same by both. */
  readonly observations: number;
  readonly droppedRows: number;
  /** The grouping factors of either model. */
  readonly groups: readonly { readonly name: string; readonly levels: number }[];
  /** In the order in which they were given. */
  readonly models: readonly [ComparedModel, ComparedModel];
  readonly relation: Relation;
  /** Where one model is nested in the other; else null. */
  readonly test: LikelihoodRatioTest | null;
  /** How the fits were made alike. */
  readonly notes: readonly MlNote[];
  /** What calls for care in comparing them; what does in each fit is among its own notes. */
  readonly warnings: readonly MlNote[];
}

/** Which of the two models, in the order given. */
export type Label = "A" | "B";

/** One of two models in a comparison, with its maximum likelihood fit and its criteria. */
export interface ComparedModel {
  readonly label: Label;
  /** The model as its author wrote it. */
  readonly text: string;
  readonly family: string;
  readonly ml: Estimates;
  readonly logLikelihood: number;
  readonly aic: number;
  /** With n = rows. */
  readonly bic: number;
  /** What is weak in the model and its data. */
  readonly problems: readonly Problem[];
  /** Wall time in seconds. */
  readonly seconds: { readonly compile: number; readonly fit: number };
}

/** How two models relate: the same model written twice, one a special case of the other, or neither. */
export type Relation =
  | {
      readonly kind: "nested";
      readonly smaller: Label;
      /** What the larger model has and the smaller has not. */
      readonly restrictions: readonly Restriction[];
    }
  /** One model in two parametrisations. */
  | { readonly kind: "equivalent" }
  | {
      readonly kind: "not-nested";
      /** What each has that the other has not. */
      readonly differences: { readonly [label in Label]: readonly string[] };
    };
