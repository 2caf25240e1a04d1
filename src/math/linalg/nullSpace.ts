/** An entry of a null vector below this share of the vector's largest, both times their column's length, is rounding. */
const NEGLIGIBLE = 1e-7;

/** The null space of a matrix of full row span, reduced from the right. */
export interface NullSpace {
  /** The columns that are linear combinations of earlier ones, ascending: those that R's `lm` drops. */
  readonly dropped: readonly number[];
  /** Per dropped column the null vector in which it has weight 1 and the other dropped ones 0; negligible entries are 0. */
  readonly vectors: readonly Float64Array[];
}

/**
 * Reduces a basis of the null space of a matrix so that the last entries of its vectors stand in different columns: column j is a
 * linear combination of the columns before it exactly if some null vector ends in j. `lengths` are those of the columns, which make
 * the entries comparable.
 */
export function reducedNullSpace(basis: readonly Float64Array[], lengths: Float64Array): NullSpace {
  let rest = basis.map((vector) => cleaned(vector, lengths));
  const found: { column: number; vector: Float64Array }[] = [];
  for (let j = lengths.length - 1; j >= 0 && rest.length > 0; j--) {
    const pivot = rest.reduce((best, vector) => (share(vector, j, lengths) > share(best, j, lengths) ? vector : best));
    if (pivot[j] === 0) continue;
    const vector = pivot.map((entry) => entry / pivot[j]);
    const reduced = (other: Float64Array) =>
      other[j] === 0
        ? other
        : cleaned(
            other.map((entry, k) => (k === j ? 0 : entry - other[j] * vector[k])),
            lengths,
          );
    rest = rest.filter((other) => other !== pivot).map(reduced);
    for (const earlier of found) earlier.vector = reduced(earlier.vector);
    found.push({ column: j, vector });
  }
  found.reverse();
  return { dropped: found.map(({ column }) => column), vectors: found.map(({ vector }) => vector) };
}

function share(vector: Float64Array, j: number, lengths: Float64Array): number {
  return Math.abs(vector[j]) * lengths[j];
}

function cleaned(vector: Float64Array, lengths: Float64Array): Float64Array {
  const largest = vector.reduce((most, _, k) => Math.max(most, share(vector, k, lengths)), 0);
  return vector.map((entry, k) => (share(vector, k, lengths) <= NEGLIGIBLE * largest ? 0 : entry));
}
