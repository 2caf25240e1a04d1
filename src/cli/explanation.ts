import {
  ApproximationFailure,
  CheckError,
  ComparisonError,
  DataError,
  EngineDefect,
  EngineError,
  ExportError,
  FitFailure,
  KernelError,
  ModelError,
  OptionsError,
  PluginError,
  ResultError,
  SamplingError,
  SensitivityError,
  SimulationError,
} from "../index.js";
import { asFlags, type ExitCode, exitCodes, InterruptedError, UsageError } from "./Terminal.js";

/** What to say of an error, and how to end. */
export interface Explanation {
  readonly lines: readonly string[];
  readonly code: ExitCode;
}

/** An error that was explained before, as by another thread. */
export class ExplainedError extends Error {
  override readonly name = "ExplainedError";
  readonly explanation: Explanation;

  constructor(explanation: Explanation) {
    super(explanation.lines.join("\n"));
    this.explanation = explanation;
  }
}

/** An error that is none of ours is told as a defect: its message, and a request to report it. */
export function explanation(error: unknown): Explanation {
  if (error instanceof ExplainedError) return error.explanation;
  if (error instanceof OptionsError) {
    // Null stands for an option that was left out.
    const problems = error.problems.map(({ code, message }) => {
      const text = message.replace(/, or null$/, "").replace(/^plugins /, "plugin ");
      return asFlags(code === "unknown-option" ? text : `--${text}`);
    });
    return { lines: problems.map((problem) => `marginalia: ${problem}`), code: exitCodes.usage };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ModelError || error instanceof DataError) return { lines: [message], code: exitCodes.usage };
  if (error instanceof PluginError)
    return said(message.replace(`; ${error.hint}`, `\n  ${error.hint}`), exitCodes.usage);
  if (error instanceof UsageError || error instanceof ComparisonError || error instanceof ResultError)
    return said(message, exitCodes.usage);
  if (error instanceof CheckError || error instanceof SensitivityError || error instanceof SimulationError)
    return said(asFlags(message), exitCodes.usage);
  if (error instanceof ExportError) return said(asFlags(message), exitCodes.usage);
  if (error instanceof InterruptedError) return said(message, exitCodes.interrupted);
  if (error instanceof ApproximationFailure || error instanceof SamplingError || error instanceof FitFailure)
    return said(asFlags(message), exitCodes.failed);
  if (error instanceof EngineDefect || error instanceof KernelError) return said(message, exitCodes.failed);
  if (error instanceof EngineError) return said(asFlags(message), exitCodes.usage);
  return said(
    `failed unexpectedly: ${message}\n  this should not happen: please report it, with the command and what it reads`,
    exitCodes.failed,
  );
}

function said(message: string, code: ExitCode): Explanation {
  return { lines: [`marginalia: ${message}`], code };
}
