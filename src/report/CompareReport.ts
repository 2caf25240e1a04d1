import type { Warning } from "../diagnostics/warnings.js";
import type { WithPlugins } from "../posterior/PluginRecord.js";
import type { SimulatedReference } from "../summary/SimulatedReference.js";
import type { LikelihoodReport, MlReport } from "./MlReport.js";

/** All that is told of fits to the same data side by side, as plain data. */
export interface CompareReport extends WithPlugins {
  /** Rows used, the same by all. */
  readonly observations: number;
  readonly droppedRows: number;
  /** The grouping factors of all models. */
  readonly groups: MlReport["groups"];
  /** One a fit: the columns of the table. */
  readonly fits: readonly FitColumn[];
  readonly relation: RelationReport;
  /** Null where neither model is a special case of the other, or both are one. */
  readonly test: TestReport | null;
  /** For information: by what the fits compare. */
  readonly notes: MlReport["notes"];
  /** Of the comparison; those of a fit stand with it. */
  readonly warnings: readonly Warning[];
  /** Whether the numbers may be taken as they are. */
  readonly isTrusted: boolean;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

export interface FitColumn
  extends Pick<LikelihoodReport, "logLikelihood" | "parameterCount">,
    NonNullable<LikelihoodReport["criteria"]>,
    Pick<
      MlReport,
      "engine" | "model" | "family" | "method" | "points" | "reml" | "parameters" | "convergence" | "notes" | "warnings"
    > {
  /** "A" */
  readonly label: string;
  readonly seconds: Pick<MlReport["seconds"], "compile" | "fit">;
}

/** How the models stand to one another. */
export type RelationReport =
  | {
      readonly kind: "nested";
      readonly smaller: string;
      /** What the other has and the smaller has not, with its parameters inside and at the end of their range. */
      readonly restrictions: readonly {
        readonly what: string;
        readonly freeDimensions: number;
        readonly boundaryDimensions: number;
      }[];
    }
  | { readonly kind: "equivalent" }
  | { readonly kind: "not-nested"; readonly differences: Readonly<Record<string, readonly string[]>> };

export interface TestReport extends ReferredReport {
  /** Difference of the deviances: twice that of the log-likelihoods. */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Null where `reference` is the distribution itself, not a bound. */
  readonly anticonservative: ReferredReport | null;
  /** The distribution by simulation; null where it was not asked for. */
  readonly simulated: SimulatedReference | null;
}

export interface ReferredReport {
  /** A mixture of chi-square distributions; the one with 0 degrees of freedom is a point mass at 0. */
  readonly reference: readonly { readonly degreesOfFreedom: number; readonly weight: number }[];
  readonly pValue: number;
}
