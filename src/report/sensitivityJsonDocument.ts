import type { LargestChange, PriorVariation, Variant, VariedPosterior } from "../summary/PriorVariation.js";
import type { ScaledComponent, Sensitivity, SensitivityVerdict } from "../summary/Sensitivity.js";
import type { TippingPoints } from "../summary/TippingPoints.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import { type SensitivityReport, warningsOf } from "./sensitivityTextReport.js";

/** The document of `sensitivity --json`, version 1: fields may be added, never renamed. */
export interface SensitivityJsonDocument {
  readonly schema: 1;
  readonly label: string;
  readonly engine: string;
  readonly draws: number;
  readonly powers: readonly [number, number];
  readonly threshold: number;
  readonly largestReliableK: number;
  readonly components: readonly (Omit<ScaledComponent, "paretoK"> & { readonly paretoK: JsonNumber })[];
  readonly quantities: readonly {
    readonly name: string;
    readonly mean: number;
    readonly sd: number;
    readonly prior: number;
    readonly likelihood: number;
    readonly verdict: SensitivityVerdict;
    /** In the order of the components. */
    readonly distances: readonly number[];
    readonly slopes: readonly number[];
  }[];
  readonly hyperparameters: readonly {
    readonly prior: string;
    readonly distribution: string;
    readonly name: string;
    readonly value: number;
    /** In the order of the quantities. */
    readonly derivatives: readonly JsonNumber[] | null;
    readonly mcse: readonly JsonNumber[] | null;
    readonly problem: string | null;
  }[];
  /** Null where no priors were varied. */
  readonly variation: {
    readonly level: number;
    readonly quantities: readonly string[];
    readonly base: JsonNumbers;
    readonly variants: readonly (JsonNumbers &
      Pick<Variant, "priors" | "method" | "relativeSize" | "warnings" | "failure"> & {
        readonly paretoK: JsonNumber;
        /** Changes of the posterior means, in posterior sds of the fit. */
        readonly change: readonly JsonNumber[];
      })[];
    readonly largestChange: LargestChange | null;
  } | null;
  /** One for each conclusion. */
  readonly tippingPoints: readonly Omit<TippingPoints, "kind" | "engine">[];
  readonly warnings: Sensitivity["warnings"];
  readonly trusted: boolean;
  readonly seconds: SensitivityReport["seconds"];
}

/** In the order of the quantities. */
type JsonNumbers = { readonly [Field in keyof VariedPosterior]: readonly JsonNumber[] };

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function sensitivityJsonDocument(report: SensitivityReport): SensitivityJsonDocument {
  const { label, sensitivity, variation, tippingPoints, seconds } = report;
  const { engine, draws, powers, threshold, largestReliableK } = sensitivity;
  const warnings = warningsOf(report);
  return {
    schema: 1,
    label,
    ...{ engine, draws, powers, threshold, largestReliableK },
    components: sensitivity.components.map(({ paretoK, ...facts }) => ({ ...facts, paretoK: finite(paretoK) })),
    quantities: sensitivity.quantities.map(({ name, mean, sd, prior, likelihood, verdict, distances, slopes }) => {
      return { name, mean, sd, prior, likelihood, verdict, distances: [...distances], slopes: [...slopes] };
    }),
    hyperparameters: sensitivity.hyperparameters.map(({ derivatives, mcse, problem, ...facts }) => ({
      ...facts,
      derivatives: derivatives && Array.from(derivatives, finite),
      mcse: mcse && Array.from(mcse, finite),
      problem,
    })),
    variation: variation && jsonVariation(variation),
    tippingPoints: tippingPoints.map(({ kind: _, engine: __, ...points }) => points),
    warnings,
    trusted: warnings.length === 0,
    seconds,
  };
}

function jsonVariation({ level, quantities, base, variants, largestChange }: PriorVariation) {
  return {
    level,
    quantities,
    base: jsonNumbers(base),
    variants: variants.map((variant) => {
      const { priors, method, paretoK, relativeSize, change, warnings, failure } = variant;
      const facts = { priors, method, paretoK: finite(paretoK), relativeSize };
      return { ...facts, ...jsonNumbers(variant), change: Array.from(change, finite), warnings, failure };
    }),
    largestChange,
  };
}

function jsonNumbers({ mean, sd, median, lower, upper }: VariedPosterior): JsonNumbers {
  const known = (values: Float64Array) => Array.from(values, finite);
  return { mean: known(mean), sd: known(sd), median: known(median), lower: known(lower), upper: known(upper) };
}
