import fc from "fast-check";
import type {
  Coupling,
  EffectsModel,
  FactorReference,
  GenerationReference,
  StageReference,
} from "../../src/kernel/map/EffectsModel.js";
import { symmetricEigen } from "../../src/math/linalg/symmetricEigen.js";
import { definiteMatrix, uniforms } from "../math/linalg/matrices.js";

/** A factor of a tree: effects a level, and children of each level of the next coarser factor (levels, for the coarsest). */
export interface GenerationShape {
  readonly effects: number;
  readonly children: number;
}

export interface StructureShape {
  readonly seed: number;
  /** Coefficients. */
  readonly columns: number;
  /** From the finest to the coarsest. */
  readonly tree: readonly GenerationShape[];
  /** Stages after the tree. */
  readonly crossed: readonly {
    readonly kind: StageReference["kind"];
    readonly levels: number;
    readonly effects: number;
  }[];
  /** Of the levels of two coupled factors. */
  readonly meeting: number;
}

export const structures: fc.Arbitrary<StructureShape> = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  columns: fc.integer({ min: 0, max: 6 }),
  tree: fc.array(fc.record({ effects: fc.integer({ min: 1, max: 4 }), children: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  crossed: fc.array(
    fc.record({
      kind: fc.constantFrom("tree" as const, "dense" as const, "spectral" as const),
      levels: fc.integer({ min: 1, max: 5 }),
      effects: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 2 },
  ),
  meeting: fc.constantFrom(0, 0.2, 1),
});

/** With random numbers, levels that no row belongs to, and factors numbered against the order of elimination. */
export function makeEffects(shape: StructureShape): EffectsModel {
  const next = uniforms(shape.seed);
  const order = shape.tree.length + shape.crossed.length;
  const number = (k: number) => order - 1 - k;
  const levels = levelsOf(shape.tree);
  const shapes = [
    ...shape.tree.map(({ effects }, g) => ({ levels: levels[g], effects })),
    ...shape.crossed.map(({ kind, levels: J, effects }) => ({ levels: J, effects: kind === "spectral" ? 1 : effects })),
  ];
  const draw = (length: number) => Float64Array.from({ length }, next);
  const stageOf = shapes.map((_, k) => Math.max(0, k - shape.tree.length + 1));
  const factors: FactorReference[] = [];
  shapes.forEach(({ levels: J, effects }, k) => {
    const size = J * effects;
    const later = shapes.flatMap((_, other) => (stageOf[other] > stageOf[k] ? [other] : []));
    const couplings = later.map((other): Coupling => {
      const { start, levels: met } = meet(J, shapes[other].levels, shape.meeting, next);
      const blocks = draw(met.length * effects * shapes[other].effects);
      return { factor: number(other), start, levels: met, blocks };
    });
    factors[number(k)] = {
      levels: J,
      effects,
      mode: draw(size),
      r: draw(size),
      A: draw(size * shape.columns),
      couplings,
    };
  });
  const generations = treeGenerations(shape.tree, levels, number, next);
  const stages = shape.crossed.map(({ kind }, k): StageReference => {
    const f = number(shape.tree.length + k);
    return crossedStage(kind, f, factors[f], 1 + Math.floor(1e6 * (next() + 1)));
  });
  return { factors, stages: [{ kind: "tree", generations }, ...stages] };
}

function levelsOf(tree: readonly GenerationShape[]): number[] {
  const levels: number[] = [];
  for (let g = tree.length - 1; g >= 0; g--) levels[g] = tree[g].children * (levels[g + 1] ?? 1);
  return levels;
}

function meet(J: number, others: number, share: number, next: () => number) {
  const start = [0];
  const levels: number[] = [];
  for (let j = 0; j < J; j++) {
    for (let m = 0; m < others; m++) if (next() < 2 * share - 1) levels.push(m);
    start.push(levels.length);
  }
  return { start: Int32Array.from(start), levels: Int32Array.from(levels) };
}

/** Z'WZ of rows that each belong to one level of the finest factor, and so of every other. */
function treeGenerations(
  tree: readonly GenerationShape[],
  levels: readonly number[],
  number: (k: number) => number,
  next: () => number,
): GenerationReference[] {
  const q = tree.map(({ effects }) => effects);
  // Levels of one parent do not all stand together.
  const parent = (g: number, level: number) => (level * 7 + Math.floor(level / 3)) % levels[g];
  const widths = q.map((_, g) => q.slice(g).reduce((a, b) => a + b, 0));
  const curvatures = q.map((_, g) => new Float64Array(levels[g] * widths[g] ** 2));
  const chains = Array.from({ length: levels[0] }, (_, level) => {
    const chain = [level];
    for (let g = 1; g < q.length; g++) chain.push(parent(g, chain[g - 1]));
    return chain;
  });
  for (const chain of chains) {
    const rows = Math.max(0, Math.floor(2 * (next() + 0.7)));
    for (let row = 0; row < rows; row++) {
      const z = Float64Array.from({ length: widths[0] }, next);
      let first = 0;
      for (let g = 0; g < q.length; first += q[g], g++) {
        const at = chain[g] * widths[g] ** 2;
        for (let r = 0; r < widths[g]; r++)
          for (let c = 0; c < q[g]; c++) curvatures[g][at + r * widths[g] + c] += z[first + r] * z[first + c];
      }
    }
  }
  return q.map((_, g) => ({
    factor: number(g),
    ancestors: q.slice(g + 1).map((_, a) => ({
      factor: number(g + 1 + a),
      levelIndex: Int32Array.from({ length: levels[g] }, (_, level) => {
        let at = level;
        for (let k = g + 1; k <= g + 1 + a; k++) at = parent(k, at);
        return at;
      }),
    })),
    curvature: curvatures[g],
  }));
}

function crossedStage(
  kind: StageReference["kind"],
  factor: number,
  { levels, effects }: FactorReference,
  seed: number,
): StageReference {
  const n = levels * effects;
  if (kind === "dense") return { kind, factor, curvature: definiteMatrix(n, seed) };
  if (kind === "spectral") {
    const { values, vectors } = symmetricEigen(definiteMatrix(n, seed), n);
    return { kind, factor, eigenvalues: values, eigenvectors: Float64Array.from(vectors.flatMap((v) => [...v])) };
  }
  const blocks = Array.from({ length: levels }, (_, j) => [...definiteMatrix(effects, seed + j)]);
  return { kind, generations: [{ factor, ancestors: [], curvature: Float64Array.from(blocks.flat()) }] };
}
