import { DataError } from "../data/DataError.js";
import type { Design } from "../design/Design.js";
import { EngineDefect, EngineError } from "../engine/EngineError.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import { ApproximationFailure } from "../engine/laplace/ApproximationFailure.js";
import { OptionsError } from "../engine/OptionsError.js";
import { KernelError } from "../kernel/KernelError.js";
import { ModelError } from "../language/ModelError.js";
import type { Steps } from "../math/steps.js";
import type { PreparedModel } from "./PreparedModel.js";

/** Errors whose messages are written for the user. */
export const foreseenErrors = [
  ModelError,
  DataError,
  OptionsError,
  EngineError,
  SamplingError,
  ApproximationFailure,
  KernelError,
];

/** Runs a part of an engine. Throws the errors that an engine may throw as they are, and any other as an EngineDefect. */
export function foreseen<T>(engine: string, { design }: Pick<PreparedModel, "design">, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asForeseen(engine, design, error);
  }
}

/** `foreseen` of a computation that pauses. */
export function* foreseenSteps<T>(
  engine: string,
  { design }: Pick<PreparedModel, "design">,
  steps: Steps<T>,
): Steps<T> {
  try {
    return yield* steps;
  } catch (error) {
    throw asForeseen(engine, design, error);
  }
}

/** The error itself where an engine may throw it, else an EngineDefect. */
export function asForeseen(engine: string, design: Design, error: unknown): Error {
  const known = foreseenErrors.find((kind) => error instanceof kind);
  if (known !== undefined && error instanceof Error) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new EngineDefect(`${engine} failed unexpectedly: ${what}; ${requestToReport(design)}`, { cause: error });
}

/** What a report of a defect should hold, with the shape of the data. */
export function requestToReport(design: Design): string {
  return `this should not happen: please report it, with the model and the shape of its data (${shapeOf(design)})`;
}

/** "poisson, 236 rows; mu: 4 columns, 59 levels with 2 effects" */
function shapeOf({ response, rows, predictors }: Design): string {
  const parts = predictors.map(({ parameter, columns, factors, randomTerms }) => {
    const terms = randomTerms.map(({ factor, coefficients }) => {
      return `${counted(factors[factor].levels.length, "level")} with ${counted(coefficients.length, "effect")}`;
    });
    return `${parameter}: ${[counted(columns.length, "column"), ...terms].join(", ")}`;
  });
  return [`${response.family}, ${counted(rows, "row")}`, ...parts].join("; ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
