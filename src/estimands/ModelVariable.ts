import type { Column } from "../data/Table.js";
import type { Level } from "../summary/Estimands.js";

/** A column of the data that a model reads, as a reference grid takes it. */
export interface ModelVariable {
  readonly name: string;
  readonly column: Column;
  /** Over its levels, or at its mean. A number with two values is taken over them, though it may be given others. */
  readonly kind: "factor" | "number";
  /** Where the variable stands: in terms of the mean, in its offset alone, in the line of another parameter alone, or in grouping factors alone. */
  readonly role: "mean" | "offset" | "other" | "group";
  /** What it is over where nothing is given: the levels of a factor in their order, a number's two values or its mean. */
  readonly levels: readonly Level[];
  /** Whether the levels of a number are averaged over, as of a factor. */
  readonly isOverLevels: boolean;
  /** The smallest and the largest number; null of a factor. */
  readonly range: readonly [least: number, most: number] | null;
}
