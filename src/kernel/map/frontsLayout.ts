import type { Arena, Fields } from "./Arena.js";
import type { GenerationReference, SpectralReference } from "./EffectsModel.js";
import * as E from "./effectsDescriptor.js";
import type { Grid } from "./Grid.js";
import type { Placement } from "./Placement.js";

/** What a chunk of levels may take of the first-level cache and of the second, in numbers. */
const FIRST_CACHE = 3072;
const SECOND_CACHE = 32768;

/** Panels, their scratch and where their ancestors are. */
export function placeFronts(
  { ancestors, curvature }: GenerationReference,
  grid: Grid,
  placements: readonly Placement[],
  arena: Arena,
): Fields {
  const { levels, effects: q, length } = grid;
  const others = ancestors.map(({ factor, levelIndex }) => ({ levelIndex, ...placementOf(factor, placements) }));
  const many = others.filter((other) => other.grid.levels > 1);
  const effectsOf = (of: readonly Placement[]) => of.reduce((sum, other) => sum + other.grid.effects, 0);
  const width = q + effectsOf(others);
  const rows = width + 1;
  const singleRow = others.length > many.length ? q + effectsOf(many) : width;
  const rest = many.length > 0 ? (rows - q) ** 2 : 0;
  const chunkLevels = chunkOf(2 * rows * q + rows + q + 1, rest, levels);
  const panel = arena.floats(rows * length);
  const panelAdjoint = arena.floats(rows * length);
  const column = (count: number, fill?: (to: Float64Array) => void) => arena.floats(count * chunkLevels, fill);
  const records = arena.reserve(E.ANCESTOR_BYTES * others.length);
  let row = q;
  others.forEach((other, a) => {
    arena.put(records + a * E.ANCESTOR_BYTES, [
      [E.ANCESTOR_ROW, row],
      [E.ANCESTOR_FACTOR, other.record],
      [E.ANCESTOR_INDEX, arena.integers(other.levelIndex)],
    ]);
    row += other.grid.effects;
  });
  return [
    [E.H, panel + 8 * width * length],
    [E.H_ADJOINT, panelAdjoint + 8 * width * length],
    [E.ROWS, rows],
    [E.FROZEN, arena.floats(width * length, (to) => writeFrozen(curvature, grid, width, to))],
    [E.PANEL, panel],
    [E.PANEL_ADJOINT, panelAdjoint],
    [E.CHUNK_LEVELS, chunkLevels],
    [E.CHUNK_STRIDE, 8 * chunkLevels],
    [E.FRONT, column(rows, (to) => to.fill(-1, width * chunkLevels))],
    [E.SLOPES, column(q)],
    [E.REST, column(rest)],
    [E.COLUMN, column(1)],
    [E.ANCESTORS_FIRST, records],
    [E.ANCESTORS_SINGLE, records + E.ANCESTOR_BYTES * many.length],
    [E.SINGLE_ROW, singleRow],
    [E.SINGLE, arena.floats((rows - singleRow) ** 2)],
    [E.ANCESTORS_END, records + E.ANCESTOR_BYTES * others.length],
  ];
}

function placementOf(factor: number, placements: readonly Placement[]): Placement {
  const found = placements.find((placement) => placement.factor === factor);
  if (found === undefined) throw new RangeError(`factor ${factor} is an ancestor in no stage`);
  return found;
}

/** Even, for so many columns at work and the adjoint of what is left of a front. */
function chunkOf(columns: number, rest: number, levels: number): number {
  const fitting = Math.min(FIRST_CACHE / columns, SECOND_CACHE / rest);
  return Math.min(Math.max(2, 2 * Math.floor(fitting / 2)), levels + (levels % 2));
}

/** The first q columns of each level's curvature, lower entries; 0 for a level that only fills a column up. */
function writeFrozen(
  curvature: Float64Array,
  { levels, effects: q, stride }: Grid,
  width: number,
  to: Float64Array,
): void {
  for (let r = 0; r < width; r++)
    for (let c = 0; c <= Math.min(r, q - 1); c++) {
      const column = (r * q + c) * stride;
      for (let j = 0; j < levels; j++) to[column + j] = curvature[(j * width + r) * width + c];
    }
}

/** Eigenvalues, eigenvectors and what is theirs. */
export function placeSpectral({ eigenvalues, eigenvectors }: SpectralReference, grid: Grid, arena: Arena): Fields {
  const { levels, stride } = grid;
  const column = () => arena.floats(stride);
  const vectors = arena.floats(levels * stride, (to) => {
    for (let k = 0; k < levels; k++) to.set(eigenvectors.subarray(k * levels, (k + 1) * levels), k * stride);
  });
  return [
    [E.H, column()],
    [E.H_ADJOINT, column()],
    [E.EIGENVECTORS, vectors],
    [E.EIGENVALUES, arena.floats(stride, (to) => to.set(eigenvalues))],
    [E.SCALES, column()],
    [E.MEANS, column()],
    [E.DEVIATIONS, column()],
    [E.SPECTRAL, column()],
  ];
}
