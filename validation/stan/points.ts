import { hyperparameters } from "../../dist/density/Hyperparameters.js";
import type { PreparedModel } from "../../dist/index.js";
import { createStream } from "../../dist/math/random/createStream.js";

type Value = number | readonly number[] | readonly (readonly number[])[];

/** A point at which log densities are compared. */
export interface StanPoint {
  /** By the names of the program; a vector that the program makes of single parameters also one by one. */
  readonly parameters: Readonly<Record<string, Value>>;
  /** Ours at the point, on the scale of the parameters (with standard normal effects z), constants included. */
  readonly logDensity: number;
  /** Ours on the unconstrained scale, the Jacobians included. */
  readonly withJacobian: number;
}

/** Points drawn at random about the centre of the unconstrained scale. */
export function stanPoints({ design, compiled }: PreparedModel, count: number): StanPoint[] {
  const stream = createStream("stan", 0);
  const density = compiled.logDensity("noncentred", "plain");
  const hyper = hyperparameters(compiled.modelPriors);
  return Array.from({ length: count }, () => {
    const position = Float64Array.from({ length: density.dimension }, () => 0.4 * stream.normal());
    const value = density.logDensityGradient(position, new Float64Array(density.dimension));
    const { logJacobian } = hyper.read(position);
    return { parameters: parametersAt(design, hyper, position), logDensity: value - logJacobian, withJacobian: value };
  });
}

function parametersAt(
  design: PreparedModel["design"],
  hyper: ReturnType<typeof hyperparameters>,
  position: Float64Array,
): Record<string, Value> {
  const found: Record<string, Value> = {};
  const vector = (name: string, values: Float64Array) => {
    found[name] = Array.from(values);
    for (const [k, value] of values.entries()) found[`${name}_${k + 1}`] = value;
  };
  let [t, from] = [0, hyper.size];
  design.predictors.forEach((part, p) => {
    vector(`coef_${part.parameter}`, hyper.predictors[p].beta);
    const starts = part.factors.map(({ levels }, f) => {
      const stride = part.randomTerms
        .filter(({ factor }) => factor === f)
        .reduce((total, { coefficients }) => total + coefficients.length, 0);
      from += levels.length * stride;
      return { stride, start: from - levels.length * stride };
    });
    const used = part.factors.map(() => 0);
    part.randomTerms.forEach(({ factor, coefficients }, k) => {
      t++;
      const q = coefficients.length;
      const { sds, correlation } = hyper.predictors[p].terms[k];
      const { stride, start } = starts[factor];
      vector(`sd_${t}`, sds);
      const rows = Array.from({ length: q }, (_, r) => r);
      found[`L_${t}`] = rows.map((r) => rows.map((c) => (c > r ? 0 : correlation[r * q + c])));
      const first = start + used[factor];
      found[`z_${t}`] = rows.map((r) => part.factors[factor].levels.map((_, j) => position[first + j * stride + r]));
      used[factor] += q;
    });
  });
  const free = design.scalars.filter(({ fixed }) => fixed === null);
  free.forEach(({ parameter }, k) => {
    found[parameter] = hyper.scalars[k];
  });
  return found;
}
