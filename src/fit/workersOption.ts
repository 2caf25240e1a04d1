import { option } from "../engine/OptionSchema.js";
import { optional, whole } from "../engine/optionTypes.js";

/** Worker threads, as many as there are processors where none are asked for. */
export function workersOption(sentence: string) {
  return option(optional(whole(0, 1000)), {
    default: undefined,
    defaultInWords: "as many as there are processors",
    sentence,
    example: 2,
  });
}
