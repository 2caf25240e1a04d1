/** Rows of zeros, which are views of one buffer: many short arrays of their own cost more than what is done with them. */
export function rowsOf(count: number, columns: number): Float64Array[] {
  const all = new Float64Array(count * columns);
  return Array.from({ length: count }, (_, i) => all.subarray(i * columns, (i + 1) * columns));
}
