/** Adds each value to its group's in `out`. Values of one group in a row are summed first: most data come so, and it spares a store a value. */
export function addByGroup(values: Float64Array, groupOf: Int32Array, out: Float64Array): void {
  let group = groupOf[0];
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (groupOf[i] !== group) {
      out[group] += total;
      group = groupOf[i];
      total = 0;
    }
    total += values[i];
  }
  if (values.length > 0) out[group] += total;
}
