import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import type { ParameterVector } from "./parameterVector.js";

/** Zero is a stationary point of every sd: a search starts from this many units at least. */
const LEAST_START = 0.1;

/**
 * A position with the sds of its effects by moments, correlations zero: with all effects at zero the score c of an effect has mean 0 and
 * variance a + a^2 sd^2, a its information in the rows, so that sd^2 is the sum over its levels of c^2 - a over that of a^2, whatever the
 * other effects share in it. `position` is that of a fit without effects, sds of one unit.
 */
export function momentStart(view: LatentGaussian, vector: ParameterVector, position: Float64Array): Float64Array {
  const values = view.values();
  vector.unpack(position, values);
  const none = view.factors.map(({ levels, effects }) => new Float64Array(levels * effects));
  const table = view.rowTable();
  view.evaluateRows(values, none, 2, table);
  const { factors, pairs } = view.crossProducts();
  const information: EffectsBlocks = { factors: factors.map(({ ZWZ }) => ZWZ), pairs };
  view.accumulateEffects(
    table.dEta2.map((slope) => -slope),
    information,
  );
  view.factors.forEach(({ levels, effects: q }, f) => {
    const scores = none[f];
    view.crossEffects(f, table.dEta, scores);
    for (let e = 0; e < q; e++) {
      let [excess, squares] = [0, 0];
      for (let j = 0; j < levels; j++) {
        const a = information.factors[f][(j * q + e) * q + e];
        excess += scores[j * q + e] ** 2 - a;
        squares += a * a;
      }
      const unit = values.Lambda[f][e * q + e];
      const sd = Math.sqrt(Math.max(0, excess) / squares);
      values.Lambda[f][e * q + e] = Number.isFinite(sd) ? Math.max(LEAST_START * unit, sd) : unit;
    }
  });
  const start = new Float64Array(position.length);
  vector.pack(values, start);
  return start;
}
