/** Options of the engine laplace: plain JSON. */
export interface LaplaceOptions {
  /** Draws, weighted and resampled. Default 4000. */
  readonly draws: number;
  /** Default 1. A number and the text that prints it are the same seed. */
  readonly seed: number | string;
}

export const defaultLaplaceOptions: LaplaceOptions = { draws: 4000, seed: 1 };

/** Fewer weights leave no tail to judge them by. */
const LEAST_DRAWS = 100;

/** What is wrong with the options, one line each. */
export function laplaceOptionProblems({ draws, seed }: LaplaceOptions): string[] {
  return [
    ...(Number.isInteger(draws) && draws >= LEAST_DRAWS && draws <= 1e7
      ? []
      : [`draws is ${draws}; allowed: a whole number from ${LEAST_DRAWS} to 10000000`]),
    ...(typeof seed === "string" || Number.isFinite(seed)
      ? []
      : [`seed is ${seed}; allowed: a finite number or a text`]),
  ];
}
