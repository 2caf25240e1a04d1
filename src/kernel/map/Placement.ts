import type { GenerationReference, SpectralReference } from "./EffectsModel.js";
import type { Grid } from "./Grid.js";

/** A factor at work, with the address of its record. */
export interface Placement {
  readonly factor: number;
  readonly work: GenerationReference | SpectralReference;
  readonly grid: Grid;
  readonly record: number;
}
