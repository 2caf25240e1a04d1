import { daysOf, writtenDate } from "../../data/dates.js";
import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../../engine/OptionSchema.js";
import type { OptionProblem } from "../../engine/OptionsError.js";
import { number, optional, text, value } from "../../engine/optionTypes.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { scaleBesideQuantity } from "../../predict/options.js";
import { parseQuantities } from "../../predict/quantities/parseQuantities.js";
import { gridSchema, meansSchema } from "../options.js";

/** Two numbers, or a text of them as "0,10", or of dates as "2024-01-01,2024-12-31". */
export type RangeInput = readonly [lower: number, upper: number] | string;

const { of: _, ...shared } = gridSchema;

export const solveSchema = {
  for: option(optional(text("the name of a numeric variable")), {
    default: undefined,
    defaultInWords: "none: it must be given",
    sentence: "the variable whose value is sought",
    example: "amount",
  }),
  target: option(optional(number("a finite number", Number.isFinite)), {
    default: undefined,
    defaultInWords: "none: it must be given",
    sentence: "the value that the mean is to take",
    example: 10,
  }),
  quantity: option(optional(text("a quantity of a new response")), {
    default: undefined,
    defaultInWords: "none: the mean",
    sentence:
      "what takes the target in place of the mean: a number of the distribution of a new response, as `probability(y > 3)`, `quantile(0.9)`, `variance` or `sd`",
    example: "probability(y > 3)",
  }),
  range: option(
    {
      ...optional(
        value<RangeInput>(
          'two finite numbers, or dates, the smaller first, as in [0, 10] or "2024-01-01,2024-12-31"',
          isRange,
        ),
      ),
      argument: { kind: "text" },
    },
    {
      default: undefined,
      defaultInWords: "the range of its values in the data",
      sentence: "values of the variable between which is searched, as in `0,10`",
      example: [0, 10],
    },
  ),
  ...shared,
  scale: meansSchema.scale,
};

/** What is solved for, and how the mean is taken. */
export interface SolveOptions extends Given<typeof solveSchema> {}

/** Options of `solve`, complete. */
export type CompleteSolveOptions = Omit<OptionsOf<typeof solveSchema>, "for" | "target" | "range"> & {
  readonly for: string;
  readonly target: number;
  readonly range: readonly [number, number] | null;
};

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong but what only a fit tells. */
export function completeSolveOptions(options: SolveOptions): CompleteSolveOptions {
  const problems = schemaProblems(solveSchema, options);
  const { for: variable, target } = options;
  if (variable === undefined)
    problems.push(missing("for", 'for names the variable whose value is sought, as in for: "amount"'));
  if (target === undefined)
    problems.push(missing("target", "target is the value that the mean is to take, as in target: 10"));
  if (options.quantity !== undefined && options.scale !== undefined) problems.push(scaleBesideQuantity);
  refuseProblems(problems);
  if (options.quantity !== undefined && parseQuantities([options.quantity], null).length > 1)
    refuseProblems([missing("quantity", `quantity is ${options.quantity}; one is solved for at a time`)]);
  if (variable === undefined || target === undefined) throw new RangeError("problems are refused");
  const complete = withDefaults(solveSchema, options);
  const { range } = complete;
  return { ...complete, for: variable, target, range: range === undefined ? null : numbersOf(range) };
}

function missing(option: string, message: string): OptionProblem {
  return { option, code: "not-allowed", message };
}

function isRange(given: unknown): given is RangeInput {
  if (typeof given !== "string" && !Array.isArray(given)) return false;
  const numbers = numbersOf(given);
  return numbers.length === 2 && numbers.every(Number.isFinite) && numbers[0] < numbers[1];
}

function numbersOf(range: RangeInput | readonly unknown[]): readonly [number, number] {
  const parts: readonly unknown[] = typeof range === "string" ? range.split(",") : range;
  const numbers = parts.map((part) => (typeof part === "string" ? numberOf(part) : Number(part)));
  return numbers.length === 2 ? [numbers[0], numbers[1]] : [Number.NaN, Number.NaN];
}

/** A date stands for its day since 1970-01-01. */
function numberOf(text: string): number {
  const date = writtenDate(text);
  if (date !== null) return daysOf(date);
  return text.trim() === "" ? Number.NaN : Number(text);
}
