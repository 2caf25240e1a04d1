import type { PredictorMemory } from "../PredictorMemory.js";
import { Arena, addressOf } from "./Arena.js";
import type { EffectsModel, Shape, StageReference } from "./EffectsModel.js";
import * as E from "./effectsDescriptor.js";
import { placeFronts, placeSpectral } from "./frontsLayout.js";
import { Grid } from "./Grid.js";
import { placeInformation } from "./informationLayout.js";
import type { Placement } from "./Placement.js";

/** Where a map of effects stands: addresses of what is read and written from outside. */
export interface EffectsLayout {
  readonly stages: number;
  readonly stagesEnd: number;
  /** Of all factors of the model one after another, level-major. */
  readonly z: number;
  readonly zGradient: number;
  /** Length p: beta - beta0. */
  readonly dBeta: number;
  /** Of the factors of the model; absent for those in no stage. */
  readonly factors: readonly (PlacedFactor | undefined)[];
}

export interface PlacedFactor {
  readonly grid: Grid;
  readonly P: number;
  readonly PAdjoint: number;
  readonly squares: number;
  readonly r: number;
}

/** Bytes that a map takes of a predictor's memory. */
export function effectsBytes(model: EffectsModel, columns: number): number {
  const arena = new Arena(null, 0);
  layOutEffects(model, columns, arena, null);
  return arena.end;
}

/** Writes a map, of which the predictor's arrays are in `memory`; null where memory is only counted. */
export function layOutEffects(
  model: EffectsModel,
  columns: number,
  arena: Arena,
  memory: PredictorMemory | null,
): EffectsLayout {
  const { factors } = model;
  const starts = startsOf(factors);
  const total = starts[factors.length];
  const [z, zGradient, dBeta] = [arena.floats(total), arena.floats(total), arena.floats(columns)];
  const { stages, stagesEnd, placements } = placeStages(model, arena);
  const placed: PlacedFactor[] = [];
  for (const placement of placements) {
    const { factor, grid, record, work } = placement;
    const { block } = grid;
    const square = () => arena.floats(block * block);
    const own = { grid, P: square(), PAdjoint: square(), squares: square(), r: arena.floats(grid.length) };
    placed[factor] = own;
    arena.put(record, [
      [E.LEVELS, grid.levels],
      [E.EFFECTS, grid.effects],
      [E.BLOCK, block],
      [E.STRIDE, 8 * grid.stride],
      [E.Z, z + 8 * starts[factor]],
      [E.Z_GRADIENT, zGradient + 8 * starts[factor]],
      [E.B, addressOf(memory?.effects[factor])],
      [E.B_ADJOINT, addressOf(memory?.effectsGradient[factor])],
      [E.P, own.P],
      [E.P_ADJOINT, own.PAdjoint],
      [E.SQUARES, own.squares],
      [E.R, own.r],
      ...placeInformation(model, placement, dBeta, arena, memory),
      ...("ancestors" in work ? placeFronts(work, grid, placements, arena) : placeSpectral(work, grid, arena)),
    ]);
  }
  return { stages, stagesEnd, z, zGradient, dBeta, factors: placed };
}

/** Of each factor's effects among all, and where they end. */
function startsOf(factors: readonly Shape[]): number[] {
  const starts = [0];
  for (const [f, { levels, effects }] of factors.entries()) starts.push(starts[f] + levels * effects);
  return starts;
}

/** Records of the stages and room for those of their factors. */
function placeStages({ factors, stages }: EffectsModel, arena: Arena) {
  const works = stages.map((stage) => worksOf(stage, factors)).filter(({ length }) => length > 0);
  const first = arena.reserve(E.STAGE_BYTES * works.length);
  let record = arena.reserve(E.FACTOR_BYTES * works.flat().length);
  const placements = works.flatMap((own, s) => {
    const start = record;
    const placed = own.map((work): Placement => ({ ...work, record: start + E.FACTOR_BYTES * own.indexOf(work) }));
    record += E.FACTOR_BYTES * own.length;
    arena.put(first + s * E.STAGE_BYTES, [
      [E.STAGE_FIRST, start],
      [E.STAGE_END, record],
    ]);
    return placed;
  });
  return { stages: first, stagesEnd: first + E.STAGE_BYTES * works.length, placements };
}

function worksOf(stage: StageReference, factors: readonly Shape[]): Omit<Placement, "record">[] {
  if (stage.kind === "tree")
    return stage.generations.map((work) => {
      const { levels, effects } = factors[work.factor];
      return { factor: work.factor, work, grid: new Grid(levels, effects, effects) };
    });
  const { factor } = stage;
  const { levels, effects } = factors[factor];
  if (stage.kind === "spectral") return [{ factor, work: stage, grid: new Grid(levels, 1, 1) }];
  const work = { factor, ancestors: [], curvature: stage.curvature };
  return [{ factor, work, grid: new Grid(1, levels * effects, effects) }];
}
