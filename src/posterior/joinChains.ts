import type { ChainDraws } from "./posteriorFromChains.js";

/** A chain and its continuation, as one chain. */
export function joinChains(first: ChainDraws, second: ChainDraws): ChainDraws {
  const [a, b] = [first.record, second.record];
  return {
    ...second,
    draws: first.draws + second.draws,
    values: joinValues(first, second),
    record: {
      ...a,
      logDensity: joined(a.logDensity, b.logDensity, new Float64Array(first.draws + second.draws)),
      divergent: joined(a.divergent, b.divergent, new Uint8Array(first.draws + second.draws)),
      treeDepth: joined(a.treeDepth, b.treeDepth, new Uint8Array(first.draws + second.draws)),
      energy: joined(a.energy, b.energy, new Float64Array(first.draws + second.draws)),
      acceptance: joined(a.acceptance, b.acceptance, new Float64Array(first.draws + second.draws)),
      gradientEvaluations: {
        warmup: a.gradientEvaluations.warmup,
        sampling: a.gradientEvaluations.sampling + b.gradientEvaluations.sampling,
      },
      seconds: { warmup: a.seconds.warmup, sampling: a.seconds.sampling + b.seconds.sampling },
    },
  };
}

function joined<A extends Float64Array | Uint8Array>(first: A, second: A, whole: A): A {
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function joinValues(first: ChainDraws, second: ChainDraws): Float64Array {
  const quantities = first.values.length / first.draws;
  const draws = first.draws + second.draws;
  const values = new Float64Array(quantities * draws);
  for (let k = 0; k < quantities; k++) {
    values.set(first.values.subarray(k * first.draws, (k + 1) * first.draws), k * draws);
    values.set(second.values.subarray(k * second.draws, (k + 1) * second.draws), k * draws + first.draws);
  }
  return values;
}
