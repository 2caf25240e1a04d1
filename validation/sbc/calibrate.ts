import { createStream, type Fit, fit, prepareModel, samplerDiagnostics } from "marginalia";
import { parts } from "../../dist/simulate/sbc/bands.js";
import type { Structure } from "./structures.js";

/** Draws that a true value is ranked among: with as many less one as a multiple of the parts, each part is equally likely. */
export const ranked = 5 * parts - 1;
const chains = 2;
const draws = 1000;
/** Random effects that are ranked besides all parameters: the first, the middle and the last. */
const effectsRanked = 3;

/** Counts of the ranks of the true values of one quantity among posterior draws, in parts of equal probability. */
export interface RankCounts {
  readonly quantity: string;
  readonly counts: number[];
}

export interface Calibration {
  readonly ranks: readonly RankCounts[];
  readonly divergences: number;
}

/** Simulates so many data sets from the prior, fits each of them, and ranks what they came from among the draws (Talts et al. 2018). */
export async function calibrate(
  { model, columns }: Structure,
  dataSets: number,
  seed: string,
  onDataSet: (done: number) => void,
): Promise<Calibration> {
  const { compiled, design } = prepareModel(model, columns);
  const { parameters, randomEffects } = compiled.quantities;
  const names = [...parameters, ...spread(randomEffects.map(({ name }) => name))];
  const all = [...parameters, ...randomEffects.map(({ name }) => name)];
  const ranks = names.map((quantity) => ({ quantity, counts: new Array<number>(parts).fill(0) }));
  let divergences = 0;
  for (let k = 1; k <= dataSets; k++) {
    const { draw, response } = compiled.simulatePrior(createStream(seed, k));
    const y = new Float64Array(design.rows);
    response.forEach((value, row) => {
      y[design.rowIndex[row]] = value;
    });
    const result = await fit(model, { ...columns, y }, { chains, draws, workers: 0, seed: `${seed}:${k}` });
    divergences += samplerDiagnostics(result.posterior.record.chains).divergences;
    for (const { quantity, counts } of ranks) {
      const rank = rankAmong(draw[all.indexOf(quantity)], thinned(result, quantity));
      counts[Math.floor((parts * rank) / (ranked + 1))]++;
    }
    onDataSet(k);
  }
  return { ranks, divergences };
}

const spread = (names: readonly string[]) =>
  Array.from({ length: effectsRanked }, (_, k) => names[Math.round((k * (names.length - 1)) / (effectsRanked - 1))]);

/** Draws far enough apart to be nearly independent. */
function thinned(result: Fit, quantity: string): number[] {
  const pooled = result.draws(quantity).flatMap((chain) => [...chain]);
  return Array.from({ length: ranked }, (_, k) => pooled[Math.floor(((k + 0.5) * pooled.length) / ranked)]);
}

const rankAmong = (value: number, draws: readonly number[]) => draws.filter((draw) => draw < value).length;
