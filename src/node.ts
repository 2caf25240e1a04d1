// What Marginalia adds on Node, as the entry "marginalia/node": data files, and fits in folders.

export { load } from "./folder/load.js";
export { save } from "./folder/save.js";
export type { FileRecord } from "./folder/writeChecked.js";
export { type WrittenExport, writeExport } from "./folder/writeExport.js";
export { type ReadOptions, readTable } from "./platform/node/readTable.js";
