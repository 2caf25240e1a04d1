import type { ChainProgress } from "../engine/hmc/chain.js";
import { samplerSchema } from "../engine/hmc/options.js";
import { option } from "../engine/OptionSchema.js";
import { choice, listener, optional, positive, value, whole } from "../engine/optionTypes.js";
import type { Signal } from "../engine/Signal.js";
import type { StageProgress } from "../math/steps.js";
import { modelSchema } from "./modelOptions.js";
import type { Quality } from "./rounds.js";

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

/** Options of a run that can be watched and stopped. */
export const runSchema = {
  workers: option(optional(whole(0, 1000)), {
    default: undefined,
    defaultInWords: "none for a small model, else one a chain, as far as there are processors",
    sentence: "worker threads of the chains, 0 for none; the draws do not depend on them",
    example: 2,
  }),
  workerUrl: option(optional(value("a text or a URL", isPlace)), {
    default: undefined,
    defaultInWords: "the worker that comes with the library",
    sentence: "where the worker file is (the entry `marginalia/worker`), for a bundle that does not find it by itself",
    example: "https://example.org/worker.js",
    flag: null,
  }),
  onProgress: option(optional(listener<(progress: ChainProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called now and then while a chain runs",
    example: undefined,
  }),
  onQuality: option(optional(listener<(quality: Quality) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "called each time that the draws until then have been judged: with a `targetEss`, and without one and without `draws` when they are too few",
    example: undefined,
  }),
  signal: signalOption(
    "an `AbortSignal` that ends the run early: what was drawn is returned, marked as partial; where nothing was, the signal's reason is thrown",
  ),
};

/** Options of the engine nuts: the sampler's own, and those of the run. */
export const nutsSchema = {
  ...modelSchema,
  chains: option(whole(1, 1000), {
    default: 4,
    sentence: "chains, each with a random stream of its own",
    example: 2,
  }),
  ...samplerSchema,
  parametrization: option(choice("transported", "noncentred", "centred"), {
    default: "transported",
    sentence:
      "what the sampler moves: coordinates in which the posterior is nearly N(0, I), standardised effects, or the effects themselves; `transported` takes a linear " +
      "mixed model `integrated`, over the sds and sigma alone, where it can, and falls back to `noncentred`, saying why, where it must",
    example: "noncentred",
  }),
  targetEss: option(optional(positive()), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "ends the run when every parameter and random effect has this bulk ESS and an R-hat below 1.01; `draws` are then the most",
    example: 1000,
  }),
  timeLimitSeconds: option(optional(positive()), {
    default: undefined,
    defaultInWords: "none",
    unit: "seconds",
    sentence: "ends the run after this time of sampling with what has been drawn, marked as partial",
    example: 60,
    flag: "--time-limit <seconds>",
  }),
  ...runSchema,
};

/** A URL is named by what we need of one, as the core knows no platform's class. */
function isPlace(given: unknown): given is string | { readonly href: string } {
  if (typeof given === "string") return true;
  return typeof given === "object" && given !== null && "href" in given && typeof given.href === "string";
}

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
