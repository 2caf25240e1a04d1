import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { createState, type State } from "./point.js";
import { SamplingError } from "./SamplingError.js";

/** Tries at the full radius (Stan), then a few more ever nearer to the origin. */
const TRIES = [
  { share: 1, count: 100 },
  { share: 1 / 4, count: 10 },
  { share: 1 / 16, count: 10 },
  { share: 1 / 64, count: 10 },
];

/**
 * A position where the log density and its gradient are finite: uniform on (-radius, radius) in every unconstrained component, or, where
 * positions are nearly N(0, I), N(0, radius^2) in the tunable components, or `centre` where it is given, and N(0, 1) in the rest: about a
 * mode whose width is not known, as a prior's spike, a spread would miss it.
 * Throws SamplingError if there is none to be found.
 */
export function findStart(
  stream: RandomStream,
  density: LogDensity,
  radius: number,
  centre: Float64Array | null = null,
): State {
  const state = createState(density.dimension);
  const failures: Failure[] = [];
  for (const { share, count } of TRIES) {
    for (let i = 0; i < count; i++) {
      fillStart(stream, density, radius * share, state.position);
      if (centre !== null) state.position.set(centre);
      state.logDensity = density.logDensityGradient(state.position, state.gradient);
      const failure = failureOf(state);
      if (failure === null) return state;
      failures.push(failure);
    }
  }
  throw noStart(failures, radius, density.dimension);
}

/** The state at a position that is known to be good. */
export function stateAt(density: LogDensity, position: Float64Array): State {
  const state = createState(density.dimension);
  state.position.set(position);
  state.logDensity = density.logDensityGradient(state.position, state.gradient);
  return state;
}

/** What is not finite: the log density, or a component of its gradient. */
interface Failure {
  readonly component: number | null;
  readonly value: number;
}

function failureOf(state: State): Failure | null {
  if (!Number.isFinite(state.logDensity)) return { component: null, value: state.logDensity };
  const component = state.gradient.findIndex((slope) => !Number.isFinite(slope));
  return component === -1 ? null : { component, value: state.gradient[component] };
}

function fillStart(stream: RandomStream, { tunable }: LogDensity, radius: number, position: Float64Array): void {
  for (let i = 0; i < position.length; i++) {
    if (tunable === undefined) position[i] = radius * (2 * stream.uniform() - 1);
    else position[i] = (i < tunable ? radius : 1) * stream.normal();
  }
}

function noStart(failures: readonly Failure[], radius: number, dimension: number): SamplingError {
  const slopes = failures.filter((failure) => failure.component !== null);
  const values = failures.filter((failure) => failure.component === null);
  const causes: string[] = [];
  if (values.length > 0) causes.push(`the log density was ${listValues(values)} at ${values.length}`);
  if (slopes.length > 0) {
    const components = [...new Set(slopes.map(({ component }) => `${Number(component) + 1}`))].slice(0, 5).join(", ");
    causes.push(
      `its gradient was ${listValues(slopes)} at ${slopes.length} (in component ${components} of ${dimension})`,
    );
  }
  return new SamplingError(
    `cannot find a start: of ${failures.length} random positions within ${radius} of the origin on the unconstrained scale, ${causes.join(" and ")}; ` +
      "check that the data are possible under the model, scale covariates of large numbers, narrow the priors, or set a smaller startRadius",
  );
}

function listValues(failures: readonly Failure[]): string {
  return [...new Set(failures.map(({ value }) => `${value}`))].join(" or ");
}
