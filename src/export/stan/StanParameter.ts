import type { UsedPrior } from "../../density/resolvePriors.js";
import type { Univariate } from "../../prior/Prior.js";
import { stanNumber } from "../../prior/stanCall.js";
import { ExportError } from "../ExportError.js";

/** A number of a model in a Stan program: a parameter with its prior, or one that is held at a number. */
export type StanNumber =
  | { readonly kind: "free"; readonly used: UsedPrior; readonly density: Univariate }
  | { readonly kind: "held"; readonly value: number };

/** The lines of a Stan program, by its blocks. */
export interface StanBlocks {
  readonly data: readonly string[];
  readonly transformedData: readonly string[];
  readonly parameters: readonly string[];
  readonly transformedParameters: readonly string[];
  readonly model: readonly string[];
  readonly generated: readonly string[];
}

/** The blocks of several parts of a program, in their order. */
export function joined(parts: readonly Partial<StanBlocks>[]): StanBlocks {
  const of = (block: keyof StanBlocks) => parts.flatMap((part) => part[block] ?? []);
  return {
    data: of("data"),
    transformedData: of("transformedData"),
    parameters: of("parameters"),
    transformedParameters: of("transformedParameters"),
    model: of("model"),
    generated: of("generated"),
  };
}

/**
 * A vector of numbers with their priors: a vector parameter where all are free on one interval, else made of parameters one by one and of numbers that are held.
 * Throws ExportError for a prior that Stan has not.
 */
export function vectorOf(name: string, numbers: readonly StanNumber[]): Partial<StanBlocks> {
  const bounds = numbers.map((number) => (number.kind === "free" ? boundsOf(number.density) : null));
  if (numbers.length > 0 && bounds.every((bound) => bound === bounds[0] && bound !== null))
    return {
      parameters: [`vector${bounds[0]}[${numbers.length}] ${name};`],
      model: numbers.flatMap((number, k) => priorLines(number, `${name}[${k + 1}]`)),
    };
  const single = (k: number) => `${name}_${k + 1}`;
  const parts = numbers.map((number, k) => (number.kind === "held" ? stanNumber(number.value) : single(k)));
  const whole = numbers.length === 0 ? `rep_vector(0, 0)` : `to_vector({${parts.join(", ")}})`;
  return {
    parameters: numbers.flatMap((number, k) => (number.kind === "free" ? [`real${bounds[k]} ${single(k)};`] : [])),
    transformedParameters: [`vector[${numbers.length}] ${name} = ${whole};`],
    model: numbers.flatMap((number, k) => priorLines(number, single(k))),
  };
}

/** A number by itself. */
export function scalarOf(name: string, number: StanNumber): Partial<StanBlocks> {
  if (number.kind === "held") return { transformedData: [`real ${name} = ${stanNumber(number.value)};`] };
  return { parameters: [`real${boundsOf(number.density)} ${name};`], model: priorLines(number, name) };
}

/** "<lower=0>"; empty for the whole line. */
function boundsOf({ lower, upper }: Univariate): string {
  const bounds = [
    ...(lower > Number.NEGATIVE_INFINITY ? [`lower=${stanNumber(lower)}`] : []),
    ...(upper < Number.POSITIVE_INFINITY ? [`upper=${stanNumber(upper)}`] : []),
  ];
  return bounds.length === 0 ? "" : `<${bounds.join(", ")}>`;
}

function priorLines(number: StanNumber, name: string): string[] {
  if (number.kind === "held") return [];
  const { used, density } = number;
  if (density.stan === undefined)
    throw new ExportError(
      "not-in-stan",
      `the prior ${used.distribution} on ${used.name} is not in the language of Stan`,
      "only the built-in priors, and those that say how Stan writes them (`stan` of what they make), have a Stan program",
    );
  const comment = `// ${used.name} ~ ${used.distribution}`;
  const text = density.stan(name);
  return text === "0" ? [comment] : [comment, `target += ${text};`];
}
