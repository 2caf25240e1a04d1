import type { Json } from "../store/jsonData.js";

/**
 * A fit as ArviZ orders it (its InferenceData schema): groups of named variables, whose dimensions have names and coordinates. The numbers of a variable are made
 * when they are read, for they may be too many to be held.
 */
export interface InferenceData {
  readonly groups: readonly InferenceGroup[];
  readonly attributes: Readonly<Record<string, Json>>;
}

export interface InferenceGroup {
  /** "posterior", "sample_stats", "log_likelihood", ... */
  readonly name: string;
  readonly variables: readonly InferenceVariable[];
}

export interface InferenceVariable {
  readonly name: string;
  readonly type: "number" | "integer" | "truth" | "text";
  /** Chains and draws of a variable of draws, its first two dimensions; null for one of the data. */
  readonly drawn: { readonly chains: number; readonly draws: number } | null;
  /** Its other dimensions. */
  readonly dimensions: readonly Dimension[];
  /** The values of each draw, chain by chain, in row-major order over the other dimensions; of a variable of the data all of them at once. */
  values(): Iterable<ArrayLike<number> | readonly string[]>;
}

/** A dimension with its coordinates. */
export interface Dimension {
  readonly name: string;
  readonly coordinates: readonly string[] | Int32Array;
}

/** How many values a variable has of each draw, or altogether where it has no draws. */
export function sizeOf({ dimensions }: InferenceVariable): number {
  return dimensions.reduce((size, { coordinates }) => size * coordinates.length, 1);
}
