import { exp, log } from "../../math/special/elementary.js";

/** Hoffman & Gelman (2014), 3.2.1, with the values of their section 4.1. */
const GAMMA = 0.05;
const T0 = 10;
const KAPPA = 0.75;

/** Nesterov's dual averaging of log(stepSize). */
export interface DualAveraging {
  readonly count: number;
  /** Step size to try next. */
  readonly stepSize: number;
  /** Log of the average to keep when adaptation ends. */
  readonly logAveraged: number;
  /** log(10 epsilon): where the search starts from and shrinks to. */
  readonly mu: number;
  /** Running mean of target - acceptance. */
  readonly meanError: number;
}

export function startDualAveraging(stepSize: number): DualAveraging {
  return { count: 0, stepSize, logAveraged: log(stepSize), mu: log(10 * stepSize), meanError: 0 };
}

export function updateDualAveraging(state: DualAveraging, acceptance: number, target: number): DualAveraging {
  const count = state.count + 1;
  const eta = 1 / (count + T0);
  const meanError = (1 - eta) * state.meanError + eta * (target - acceptance);
  const logStepSize = state.mu - (meanError * Math.sqrt(count)) / GAMMA;
  const weight = exp(-KAPPA * log(count));
  const logAveraged = weight * logStepSize + (1 - weight) * state.logAveraged;
  return { ...state, count, meanError, stepSize: exp(logStepSize), logAveraged };
}

export function averagedStepSize(state: DualAveraging): number {
  return exp(state.logAveraged);
}
