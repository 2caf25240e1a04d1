import { defineEngine } from "marginalia";

/** Random-walk Metropolis on the unconstrained scale: a check on small models. */
export default defineEngine({
  name: "metropolis",
  sentence: "random-walk Metropolis, a check on small models",
  options: {},
  async run({ compiled }, _options, { stream, giveWay, onProgress }) {
    const density = compiled.logDensity("noncentred");
    const random = stream(1);
    const { parameters, randomEffects } = compiled.quantities;
    const names = parameters.length + randomEffects.length;
    const columns = Array.from({ length: names }, () => new Float64Array(2000));
    const gradient = new Float64Array(density.dimension);
    let position = new Float64Array(density.dimension);
    let value = density.logDensityGradient(position, gradient);
    for (let step = 0; step < 20_000; step++) {
      const proposal = position.map((at) => at + 0.3 * random.normal());
      const proposed = density.logDensityGradient(proposal, gradient);
      if (Math.log(random.uniform()) < proposed - value) [position, value] = [proposal, proposed];
      const draw = new Float64Array(names);
      density.constrain(position, draw);
      for (const [k, column] of columns.entries()) column[Math.floor(step / 10)] = draw[k] ?? 0;
      if (step % 1000 === 0) {
        onProgress({ stage: "walking", done: step, total: 20_000 });
        await giveWay();
      }
    }
    const marginal = (k) => ({ kind: "draws", chains: [columns[k]], weights: null });
    return {
      engine: "metropolis",
      parameters: parameters.map((name, k) => ({ name, marginal: marginal(k) })),
      randomEffects: randomEffects.map((effect, k) => ({ ...effect, marginal: marginal(parameters.length + k) })),
      record: { options: {}, partial: false, chains: [] },
    };
  },
});
