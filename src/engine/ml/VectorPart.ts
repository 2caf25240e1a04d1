import type { LatentValues } from "../../density/LatentValues.js";
import type { Coordinate } from "./Coordinate.js";

/** A part of a parameter vector: its coordinates stand in a position from `first` on. */
export interface VectorPart {
  readonly coordinates: readonly Coordinate[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  unpack(position: Float64Array, first: number, values: LatentValues): void;
  pack(values: LatentValues, position: Float64Array, first: number): void;
  adjoint(position: Float64Array, first: number, gradients: LatentValues, gradient: Float64Array): void;
}
