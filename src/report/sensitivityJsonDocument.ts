import type { ScaledComponent, Sensitivity, SensitivityVerdict } from "../summary/Sensitivity.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import type { SensitivityReport } from "./sensitivityTextReport.js";

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
  readonly warnings: Sensitivity["warnings"];
  readonly trusted: boolean;
  readonly seconds: SensitivityReport["seconds"];
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function sensitivityJsonDocument({ label, sensitivity, seconds }: SensitivityReport): SensitivityJsonDocument {
  const { engine, draws, powers, threshold, largestReliableK, warnings } = sensitivity;
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
    warnings,
    trusted: warnings.length === 0,
    seconds,
  };
}
