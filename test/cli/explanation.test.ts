import { expect, it } from "vitest";
import { explanation } from "../../src/cli/explanation.js";
import { OptionsError } from "../../src/engine/OptionsError.js";

it("names options as flags, and quotes those that there are not as they were given", () => {
  const error = new OptionsError([
    { option: "timeLimitSeconds", code: "not-allowed", message: "timeLimitSeconds is -1; allowed: a positive number" },
    { option: "colour", code: "unknown-option", message: 'unknown option "colour"; options: draws, targetEss' },
  ]);
  expect(explanation(error)).toEqual({
    lines: [
      "marginalia: --time-limit is -1; allowed: a positive number",
      'marginalia: unknown option "colour"; options: draws, --target-ess',
    ],
    code: 2,
  });
});
