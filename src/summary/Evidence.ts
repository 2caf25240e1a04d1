import type { Warning } from "../diagnostics/warnings.js";
import type { WithPlugins } from "../posterior/PluginRecord.js";
import type { ApproximationRecord } from "../posterior/Posterior.js";
import type { SummaryRow } from "./Summary.js";

/** How much the data speak for model A against model B: p(y | A) / p(y | B). */
export interface BayesFactor {
  /** Its log, by the better of each model's two log marginal likelihoods. */
  readonly log: number;
  /** The factor itself: 0 or Infinity where `log` is beyond what a number holds. */
  readonly ratio: number;
  /** Of each model given the data, where both were as probable before: they sum to 1. */
  readonly probabilities: { readonly A: number; readonly B: number };
  /** Its log by the importance weights of both, and by integrating both approximations; null where one of the models has no such value. */
  readonly byImportance: number | null;
  readonly byIntegration: number | null;
}

/** Two models of the same data by their marginal likelihoods, side by side: plain data. */
export interface EvidenceComparison extends WithPlugins {
  /** Rows used, the same by both. */
  readonly observations: number;
  readonly droppedRows: number;
  /** The grouping factors of either model. */
  readonly groups: readonly { readonly name: string; readonly levels: number }[];
  /** In the order in which they were given. */
  readonly models: readonly [EvidenceModel, EvidenceModel];
  /** In the order in which they were asked for. */
  readonly engines: readonly EngineEvidence[];
  /** For information. */
  readonly notes: readonly Warning[];
  /** Of the comparison, of the models and of their fits. */
  readonly warnings: readonly Warning[];
}

/** One of two models whose evidence is compared. */
export interface EvidenceModel {
  readonly label: "A" | "B";
  /** The model as its author wrote it. */
  readonly text: string;
  readonly family: string;
  /** Every prior as it was used. */
  readonly priors: readonly PriorFacts[];
}

/** A prior in words and numbers: see `UsedPrior`. */
export interface PriorFacts {
  readonly name: string;
  readonly distribution: string;
  readonly truncatedTo: readonly [number, number] | null;
  readonly origin: "model" | "default";
}

/** The Bayes factor of two models by one engine. */
export interface EngineEvidence {
  readonly engine: string;
  /** Those of A and B. */
  readonly fits: readonly [EvidenceFit, EvidenceFit];
  /** Null where the guard of one of the fits does not trust it. */
  readonly bayesFactor: BayesFactor | null;
}

/** The evidence of one model by one engine. */
export interface EvidenceFit {
  readonly label: "A" | "B";
  readonly parameters: readonly SummaryRow[];
  /** With log marginal likelihoods and guard. */
  readonly approximation: ApproximationRecord;
  /** Wall time in seconds. */
  readonly seconds: number;
}
