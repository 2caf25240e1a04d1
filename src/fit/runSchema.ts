import type { ChainProgress } from "../engine/hmc/chain.js";
import { option } from "../engine/OptionSchema.js";
import { listener, optional, value, whole } from "../engine/optionTypes.js";
import type { Quality } from "./rounds.js";
import { signalOption } from "./signalOption.js";

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

/** A URL is named by what we need of one, as the core knows no platform's class. */
function isPlace(given: unknown): given is string | { readonly href: string } {
  if (typeof given === "string") return true;
  return typeof given === "object" && given !== null && "href" in given && typeof given.href === "string";
}
