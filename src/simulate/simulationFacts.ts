import type { PreparedModel } from "../fit/PreparedModel.js";
import type { Simulation } from "../summary/Simulation.js";
import { SimulationError } from "./SimulationError.js";

/** Numbers that a simulation may hold: responses and means of 1 GB together. */
const MOST = 2 ** 26;

/** Throws SimulationError for more than fit into memory. */
export function refuseTooMany(draws: number, rows: number): void {
  if (draws * rows > MOST)
    throw new SimulationError(
      `draws is ${draws}, which for ${rows} rows is more than memory takes; ask for ${Math.floor(MOST / rows)} at most, or simulate in parts with other seeds`,
    );
}

/** Positions of a design's rows in the order of the table. */
export function tableOrder(rowIndex: Int32Array): Int32Array {
  return Int32Array.from(rowIndex.keys()).sort((a, b) => rowIndex[a] - rowIndex[b]);
}

/** What a simulation says of its model. */
export function simulationFacts({
  design,
  compiled,
}: PreparedModel): Pick<Simulation, "response" | "family" | "categories" | "meanRange" | "isDiscrete" | "droppedRows"> {
  const { inverseLink } = compiled.meanLink;
  const ends = [-Infinity, 0, Infinity].map(inverseLink).filter((mu) => !Number.isNaN(mu));
  return {
    response: design.response.name,
    family: compiled.family.name,
    categories: design.response.categories,
    meanRange: [ends.reduce((a, b) => Math.min(a, b)), ends.reduce((a, b) => Math.max(a, b))],
    isDiscrete: compiled.family.cumulative?.isDiscrete ?? null,
    droppedRows: design.droppedRows,
  };
}
