import { defineEngine } from "marginalia";

/** One chain of random-walk Metropolis on the unconstrained scale: columns of draws, the parameters first, then the random effects. */
const walk = {
  name: "walk",
  async run({ compiled }, { chain, draws, thinning, scale }, { stream, giveWay, signal, onProgress }) {
    const density = compiled.logDensity("noncentred");
    const random = stream(chain);
    const { parameters, randomEffects } = compiled.quantities;
    const draw = new Float64Array(parameters.length + randomEffects.length);
    const columns = Array.from(draw, () => new Float64Array(draws));
    const gradient = new Float64Array(density.dimension);
    let position = new Float64Array(density.dimension);
    let value = density.logDensityGradient(position, gradient);
    for (let k = 0; k < draws && !signal.aborted; k++) {
      for (let step = 0; step < thinning; step++) {
        const proposal = position.map((at) => at + scale * random.normal());
        const proposed = density.logDensityGradient(proposal, gradient);
        if (Math.log(random.uniform()) < proposed - value) [position, value] = [proposal, proposed];
      }
      density.constrain(position, draw);
      for (const [c, column] of columns.entries()) column[k] = draw[c];
      if (k % 50 !== 0) continue;
      onProgress({ stage: `chain ${chain}`, done: k, total: draws });
      await giveWay();
    }
    return columns;
  },
};

const whole = {
  allowed: "a whole number from 1 to 100000",
  isOfType: (value) => typeof value === "number",
  accepts: (value) => Number.isInteger(value) && value >= 1 && value <= 100_000,
  argument: { kind: "number", words: [] },
};

/** A check on small models, its chains in worker threads. */
export default defineEngine({
  name: "metropolis",
  sentence: "random-walk Metropolis, a check on small models",
  options: {
    walks: { type: whole, default: 2, sentence: "chains", example: 4 },
    thinning: { type: whole, default: 20, sentence: "steps between two draws", example: 50 },
  },
  works: [walk],
  refuses: ({ design }) =>
    design.rows > 10_000 ? "metropolis takes at most 10000 rows; the engine nuts takes more" : null,
  async run({ compiled: { quantities } }, { walks, thinning }, { openExecutor, signal, onProgress }) {
    const executor = await openExecutor(walk, walks);
    const listener = { onProgress, signal: signal ?? new AbortController().signal };
    const chains = await Promise.all(
      Array.from({ length: walks }, (_, k) =>
        executor.run({ chain: k + 1, draws: 500, thinning, scale: 0.3 }, listener),
      ),
    );
    if (signal?.aborted) throw signal.reason;
    const marginal = (c) => ({ kind: "draws", chains: chains.map((columns) => columns[c]), weights: null });
    const { parameters, randomEffects } = quantities;
    return {
      engine: "metropolis",
      parameters: parameters.map((name, c) => ({ name, marginal: marginal(c) })),
      randomEffects: randomEffects.map((effect, c) => ({ ...effect, marginal: marginal(parameters.length + c) })),
      record: { options: { walks, thinning }, partial: false, chains: [] },
    };
  },
});
