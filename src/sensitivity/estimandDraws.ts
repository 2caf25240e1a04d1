import { contrastDraws } from "../estimands/contrasts.js";
import { completeContrastsOptions } from "../estimands/contrastsOptions.js";
import { meanDraws } from "../estimands/means.js";
import { completeMeansOptions } from "../estimands/options.js";
import { slopeDraws } from "../estimands/slopes.js";
import { completeSlopesOptions } from "../estimands/slopesOptions.js";
import { completeSolveOptions } from "../estimands/solve/options.js";
import { solveDraws } from "../estimands/solve/solve.js";
import type { Fit } from "../fit/fitted.js";
import type { Steps } from "../math/steps.js";
import { completePopulationOptions } from "../predict/population/options.js";
import { populationDraws } from "../predict/population/populationDraws.js";
import { predictionDraws } from "../predict/predictionDraws.js";
import type { QuantityDraws } from "../predict/QuantityDraws.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import type { AskedEstimand } from "./AskedEstimand.js";
import { SensitivityError } from "./SensitivityError.js";

/** More quantities are rows by mistake. */
const MOST = 5000;

/** At each draw of a posterior. Throws what the functions throw, and SensitivityError where a draw has no value. */
export function* estimandDraws(fit: Fit, asked: AskedEstimand): Steps<QuantityDraws[]> {
  const draws = yield* drawsOf(fit, asked);
  if (draws.length > MOST)
    throw new SensitivityError(
      "too-many-quantities",
      `${draws.length} quantities; the sensitivity of at most ${MOST} is told`,
      "predict fewer rows",
    );
  for (const { name, values } of draws) {
    const missing = values.filter((value) => Number.isNaN(value)).length;
    if (missing > 0)
      throw new SensitivityError(
        "no-value",
        `${name} has no value at ${missing} of ${values.length} draws`,
        "take a wider range for solve, or a quantity that every draw has",
      );
  }
  return draws;
}

function* drawsOf(fit: Fit, asked: AskedEstimand): Steps<QuantityDraws[]> {
  if ("means" in asked) return yield* meanDraws(fit, completeMeansOptions(asked.means));
  if ("contrasts" in asked) return yield* contrastDraws(fit, completeContrastsOptions(asked.contrasts));
  if ("slopes" in asked) return yield* slopeDraws(fit, completeSlopesOptions(asked.slopes));
  if ("solve" in asked) return yield* solveDraws(fit, completeSolveOptions(asked.solve));
  const { data = null } = asked;
  if ("predict" in asked) return yield* predictionDraws(fit, data, asked.predict);
  return yield* populationDraws(fit, data, completePopulationOptions(asked.population).level ?? DEFAULT_LEVEL);
}
