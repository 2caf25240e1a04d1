import type { Design } from "../design/Design.js";

/** Work of a gradient below which threads cost more than they save in a run of 1,150 iterations a chain: whole processes of fits to 16 and 236 rows take two thirds of the CPU and wall time without them. */
const SMALL_GRADIENT = 4000;
const USUAL_ITERATIONS = 1150;

/**
 * Whether chains are run in this thread unless workers are asked for. The work of a gradient goes with the numbers of the design and with the
 * effects: rows x columns + (rows + 8 levels) q of each random term.
 */
export function isSmall({ rows, predictors }: Design, iterations: number): boolean {
  const work = predictors.map(({ columns, factors, randomTerms }) => {
    const ofTerms = randomTerms.map(
      ({ factor, coefficients }) => (rows + 8 * factors[factor].levels.length) * coefficients.length,
    );
    return ofTerms.reduce((sum, part) => sum + part, rows * columns.length);
  });
  return work.reduce((sum, part) => sum + part, 0) * iterations < SMALL_GRADIENT * USUAL_ITERATIONS;
}
