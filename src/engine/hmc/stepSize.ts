import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { log } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import { drawMomentum, energyOf, logWeight, type Tuning } from "./hamiltonian.js";
import { leapfrog } from "./leapfrog.js";
import { createPoint, type State } from "./point.js";
import { SamplingError } from "./SamplingError.js";

/** Stan's: the acceptance probability of one step that the first step size should straddle, and the largest step size. */
const LOG_ACCEPTANCE = log(0.8);
const MAX_STEP_SIZE = 1e7;

/**
 * A first step size: doubled, or halved, until the acceptance of one leapfrog step crosses 0.8 (Hoffman & Gelman 2014, algorithm 4,
 * with Stan's threshold and a new momentum each time). Throws SamplingError where no step size will do.
 */
export function* initialStepSize(
  stream: RandomStream,
  density: LogDensity,
  tuning: Tuning,
  state: State,
): Steps<number> {
  const from = createPoint(density.dimension);
  const to = createPoint(density.dimension);
  const isAccepted = function* (stepSize: number): Steps<boolean> {
    drawMomentum(stream, tuning.metric, state, from);
    leapfrog(density, tuning.metric, stepSize, from, to);
    yield;
    return logWeight(energyOf(from), to) > LOG_ACCEPTANCE;
  };
  let { stepSize } = tuning;
  const grows = yield* isAccepted(stepSize);
  while ((yield* isAccepted(stepSize)) === grows) {
    stepSize *= grows ? 2 : 0.5;
    if (stepSize > MAX_STEP_SIZE) throw tooLarge();
    if (stepSize === 0) throw tooSmall();
  }
  return stepSize;
}

function tooLarge(): SamplingError {
  return new SamplingError(
    `cannot find a step size: steps of ${MAX_STEP_SIZE} are still accepted, so the posterior looks improper (flat without end); give proper priors to all parameters`,
  );
}

function tooSmall(): SamplingError {
  return new SamplingError(
    "cannot find a step size: no step is small enough to be accepted, so the log density or its gradient is not continuous at the start; " +
      "check the model for parameters at the edge of their range, or set another seed or startRadius",
  );
}
