import type { LatentGaussian } from "../../density/LatentGaussian.js";

/** All population parameters on their own scales, at a position. */
export function parameterReader(view: LatentGaussian): (position: Float64Array) => Float64Array {
  const { parameters, randomEffects } = view.quantities;
  const values = view.values();
  const b = view.factors.map(({ levels, effects }) => new Float64Array(levels * effects));
  const draw = new Float64Array(parameters.length + randomEffects.length);
  return (position) => {
    view.read(position, values);
    view.writeDraw(b, draw);
    return draw.slice(0, parameters.length);
  };
}
