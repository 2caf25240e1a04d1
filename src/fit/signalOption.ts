import { option } from "../engine/OptionSchema.js";
import { listener, optional, value } from "../engine/optionTypes.js";
import type { Signal } from "../engine/Signal.js";
import type { StageProgress } from "../math/steps.js";

/** A signal that ends a run, as `sentence` says. */
export function signalOption(sentence: string) {
  return option(optional(value("an AbortSignal", isSignal)), {
    default: undefined,
    defaultInWords: "none",
    sentence,
    example: undefined,
  });
}

/** What is called with the progress of a computation in stages. */
export const stageProgressOption = option(optional(listener<(progress: StageProgress) => void>()), {
  default: undefined,
  sentence: "called with the progress, at most every 100 ms",
  example: () => {},
  flag: null,
});

export function isSignal(given: unknown): given is Signal {
  return (
    typeof given === "object" &&
    given !== null &&
    "aborted" in given &&
    typeof given.aborted === "boolean" &&
    "addEventListener" in given &&
    typeof given.addEventListener === "function"
  );
}
