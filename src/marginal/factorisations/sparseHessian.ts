import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import { type Graph, minimumDegree } from "../../math/linalg/minimumDegree.js";
import { factorOperations, SparseCholesky, type SymmetricPattern } from "../../math/linalg/sparseCholesky.js";
import { type BlockCholesky, effectStarts, joined, split } from "./BlockCholesky.js";

/** Any structure: the levels in an order of minimum degree, their effects one by one in a sparse factorisation. */
export function sparseHessian(view: LatentGaussian): BlockCholesky & { readonly operations: number } {
  return new SparseHessian(view);
}

class SparseHessian implements BlockCholesky {
  /** Multiplications of one factorisation. */
  readonly operations: number;
  /** Per effect, in the order of the factors, its row in the factorisation. */
  private readonly place: Int32Array;
  private readonly sparse: SparseCholesky;
  private readonly entries: Float64Array;
  private readonly inverted: Float64Array;
  /** Per entry of H's blocks, where it stands among the pattern's entries; -1 for the second of two symmetric ones. */
  private readonly targets: EntryPositions;
  /** Per entry of H's blocks, where it stands in L. */
  private readonly sources: EntryPositions;
  private readonly vector: Float64Array;
  private readonly ordered: Float64Array;

  constructor(view: LatentGaussian) {
    this.place = placesOf(view);
    const { pattern, targets } = patternOf(view, this.place);
    this.targets = targets;
    this.sparse = new SparseCholesky(pattern);
    this.operations = factorOperations(this.sparse);
    this.entries = new Float64Array(pattern.rows.length);
    this.inverted = new Float64Array(this.sparse.values.length);
    this.sources = entryPositions(view, this.place, (row, column) => this.sparse.indexOf(row, column));
    this.vector = new Float64Array(this.place.length);
    this.ordered = new Float64Array(this.place.length);
  }

  factor(H: EffectsBlocks): number | null {
    const { targets, entries } = this;
    for (let f = 0; f < targets.factors.length; f++) scatter(H.factors[f], targets.factors[f], entries);
    for (let k = 0; k < targets.pairs.length; k++) scatter(H.pairs[k], targets.pairs[k], entries);
    return this.sparse.factor(entries) ? this.sparse.logDeterminant() : null;
  }

  solve(r: readonly Float64Array[]): void {
    const { vector, ordered, place } = this;
    joined(r, vector);
    for (let i = 0; i < place.length; i++) ordered[place[i]] = vector[i];
    this.sparse.solve(ordered);
    for (let i = 0; i < place.length; i++) vector[i] = ordered[place[i]];
    split(vector, r);
  }

  inverse(out: EffectsBlocks): void {
    const { sources, inverted } = this;
    this.sparse.selectedInverse(inverted);
    for (let f = 0; f < sources.factors.length; f++) gather(inverted, sources.factors[f], out.factors[f]);
    for (let k = 0; k < sources.pairs.length; k++) gather(inverted, sources.pairs[k], out.pairs[k]);
  }
}

/** A number for each entry of `EffectsBlocks`. */
interface EntryPositions {
  readonly factors: readonly Int32Array[];
  readonly pairs: readonly Int32Array[];
}

function scatter(values: Float64Array, positions: Int32Array, out: Float64Array): void {
  for (let k = 0; k < values.length; k++) if (positions[k] >= 0) out[positions[k]] = values[k];
}

function gather(values: Float64Array, positions: Int32Array, out: Float64Array): void {
  for (let k = 0; k < out.length; k++) out[k] = values[positions[k]];
}

/** The rows of all effects, those of a level side by side and the levels in their order of elimination. */
function placesOf(view: LatentGaussian): Int32Array {
  const { factors } = view;
  const nodes = factors.flatMap(({ levels, effects: q }, f) => Array.from({ length: levels }, (_, j) => ({ f, j, q })));
  const order = minimumDegree(
    levelGraph(view),
    Int32Array.from(nodes, ({ q }) => q),
  );
  const starts = effectStarts(view);
  const place = new Int32Array(starts[starts.length - 1]);
  let next = 0;
  for (const node of order) {
    const { f, j, q } = nodes[node];
    for (let e = 0; e < q; e++) place[starts[f] + j * q + e] = next++;
  }
  return place;
}

/** The levels of all factors, one factor after another; two are neighbours if they meet in a row. */
function levelGraph({ factors, pairs }: LatentGaussian): Graph {
  const first = [0];
  for (const { levels } of factors) first.push(first[first.length - 1] + levels);
  const nodes = first[first.length - 1];
  const start = new Int32Array(nodes + 1);
  const eachEdge = (visit: (a: number, b: number) => void) => {
    for (const { first: f, second: g, start: from, levels } of pairs)
      for (let j = 0; j < factors[f].levels; j++)
        for (let k = from[j]; k < from[j + 1]; k++) visit(first[f] + j, first[g] + levels[k]);
  };
  eachEdge((a, b) => {
    start[a + 1]++;
    start[b + 1]++;
  });
  for (let i = 0; i < nodes; i++) start[i + 1] += start[i];
  const next = start.slice();
  const neighbours = new Int32Array(start[nodes]);
  eachEdge((a, b) => {
    neighbours[next[a]++] = b;
    neighbours[next[b]++] = a;
  });
  return { start, neighbours };
}

/** The upper triangle of H in its new order, and where each entry of the blocks goes. */
function patternOf(view: LatentGaussian, place: Int32Array): { pattern: SymmetricPattern; targets: EntryPositions } {
  const size = place.length;
  const start = new Int32Array(size + 1);
  entryPositions(view, place, (later, _, isTwin) => {
    if (!isTwin) start[later + 1]++;
    return 0;
  });
  for (let k = 0; k < size; k++) start[k + 1] += start[k];
  const next = start.slice();
  const rows = new Int32Array(start[size]);
  const targets = entryPositions(view, place, (later, earlier, isTwin) => {
    if (isTwin) return -1;
    rows[next[later]] = earlier;
    return next[later]++;
  });
  return { pattern: { size, start, rows }, targets };
}

/**
 * Asks for the position of every entry of the blocks by the later and the earlier of its two rows; `isTwin` marks the entries above
 * the diagonal of a level's own block.
 */
function entryPositions(
  view: LatentGaussian,
  place: Int32Array,
  find: (later: number, earlier: number, isTwin: boolean) => number,
): EntryPositions {
  const starts = effectStarts(view);
  const { factors } = view;
  const positionOf = (a: number, b: number, isTwin: boolean) =>
    find(Math.max(place[a], place[b]), Math.min(place[a], place[b]), isTwin);
  return {
    factors: factors.map(({ levels, effects: q }, f) =>
      Int32Array.from({ length: levels * q * q }, (_, k) => {
        const c = k % q;
        const row = (k - c) / q;
        const level = starts[f] + row - (row % q);
        return positionOf(level + (row % q), level + c, c > row % q);
      }),
    ),
    pairs: view.pairs.map(({ first, second, start, levels }) => {
      const [qa, qb] = [factors[first].effects, factors[second].effects];
      const positions = new Int32Array(levels.length * qa * qb);
      for (let j = 0; j < factors[first].levels; j++)
        for (let k = start[j]; k < start[j + 1]; k++)
          for (let r = 0; r < qa; r++)
            for (let c = 0; c < qb; c++)
              positions[(k * qa + r) * qb + c] = positionOf(
                starts[first] + j * qa + r,
                starts[second] + levels[k] * qb + c,
                false,
              );
      return positions;
    }),
  };
}
