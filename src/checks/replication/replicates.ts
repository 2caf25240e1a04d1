import type { DrawnRows, RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import { createStream } from "../../math/random/createStream.js";
import { type Steps, staged } from "../../math/steps.js";
import { replicableRows } from "./checkReplication.js";
import { type FittedDraws, fittedDraws } from "./FittedDraws.js";

/** What random effects replicated data have: those of the fit's own groups, or of new groups, drawn from their distribution. */
export const replicatedEffects = ["marginal", "conditional"] as const;

export interface ReplicationOptions {
  readonly effects: (typeof replicatedEffects)[number];
  /** Data sets, R. */
  readonly replicates: number;
  readonly seed: number | string;
}

/** A model's rows in the order of the table, at R draws with their random effects, new ones or the fit's. */
export interface Replication {
  /** R. */
  readonly count: number;
  /** Rows used, n. */
  readonly rows: number;
  /** Length n: the place among the design's rows of each of those of the table that were used. */
  readonly order: Int32Array;
  /** Length n: the responses that the fit has seen. */
  readonly observed: Float64Array;
  readonly reader: RowsAtDraws;
  /** Goes through the draws; `use` gets the number of the draw, and the rows at it in the order of the design, whose buffers the next draw overwrites. */
  atDraws(use: (r: number, at: DrawnRows) => void): Steps<void>;
  /** The same with responses drawn at each, in the order of the table. */
  responses(use: (r: number, replicated: Float64Array, at: DrawnRows) => void): Steps<void>;
}

/** Each pass has the same draws, effects and responses. Throws CheckError for fits that have no draws, or whose rows stand for several each. */
export function replicationOf(fit: Fit | MlFit, { effects, replicates, seed }: ReplicationOptions): Replication {
  const { design } = fit;
  const reader = replicableRows(fit);
  const draws = fittedDraws(fit, replicates, effects === "conditional");
  const order = Int32Array.from(design.rowIndex.keys()).sort((a, b) => design.rowIndex[a] - design.rowIndex[b]);
  const passes = (use: (r: number, at: DrawnRows) => void) =>
    staged("replicating data", replicates, atDraws(reader, draws, effects === "marginal" ? seed : null, use));
  return {
    count: replicates,
    rows: design.rows,
    order,
    observed: Float64Array.from(order, (i) => design.response.values[i]),
    reader,
    atDraws: passes,
    responses(use) {
      const stream = createStream(`${seed}:responses`, 0);
      const response = new Float64Array(design.rows);
      return passes((r, at) => {
        for (let k = 0; k < order.length; k++) {
          const i = order[k];
          response[k] = reader.simulate(stream, i, at);
        }
        use(r, response, at);
      });
    },
  };
}

/** The grouping factors of all predictors, each once. */
export function factorsOf({ design }: Fit | MlFit): string[] {
  return [...new Set(design.predictors.flatMap(({ factors }) => factors.map(({ name }) => name)))];
}

/** `seed` is that of new effects; null for those of the draws. */
function* atDraws(
  reader: RowsAtDraws,
  draws: FittedDraws,
  seed: number | string | null,
  use: (r: number, at: DrawnRows) => void,
): Steps<void> {
  const stream = createStream(`${seed}:effects`, 0);
  const draw = new Float64Array(draws.length);
  const at = reader.drawnRows();
  for (let r = 0; r < draws.count; r++) {
    draws.copy(r, draw);
    if (seed !== null) reader.renewEffects(draw, stream);
    reader.read(draw, at);
    use(r, at);
    yield;
  }
}
