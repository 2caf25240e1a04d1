import type { Warning } from "../diagnostics/warnings.js";
import type { Problem } from "../language/ModelError.js";

/** The problems of a model and its data as warnings of a report; notes are none. */
export function problemWarnings(problems: readonly Problem[]): Warning[] {
  return problems
    .filter(({ severity }) => severity !== "note")
    .map(({ code, message, hint }) => ({ code, message, advice: hint ?? "" }));
}
