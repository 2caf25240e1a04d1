// What Marginalia adds on Node, as the entry "marginalia/node": data files.

export { type ReadOptions, readTable } from "./platform/node/readTable.js";
