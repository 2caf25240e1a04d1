import type { Design } from "../../design/Design.js";

/** Length n: the design's rows in the order in which they stand in the table. */
export function tableOrder({ rowIndex }: Pick<Design, "rowIndex">): Int32Array {
  return rowIndex.map((_, k) => k).sort((j, k) => rowIndex[j] - rowIndex[k]);
}
