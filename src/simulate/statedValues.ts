import type { ParameterKind } from "../density/LatentGaussian.js";
import { parameterKinds, quantities } from "../density/quantities.js";
import type { StatedValues } from "../density/simulatePrior.js";
import type { Design } from "../design/Design.js";
import { cutOutsideBrackets } from "../language/brackets.js";
import { coefficientKey, readCoefficient } from "../language/coefficient.js";
import { didYouMean } from "../language/suggest.js";
import { SimulationError } from "./SimulationError.js";

/** Values of parameters: `"beta[x] = 0.5, sd[g] = 1"`, a list of such texts, or a record by names. */
export type StatedParameters = string | readonly string[] | Readonly<Record<string, number>>;

/** Whether a value has the form of stated values; their names and numbers are looked at by `statedValues`. */
export function isStated(value: unknown): value is StatedParameters {
  if (typeof value === "string") return true;
  if (Array.isArray(value)) return value.every((one) => typeof one === "string");
  return typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "number");
}

interface Target {
  /** `beta`, `sd`, `phi.cor` */
  readonly head: string;
  readonly path: readonly string[];
}

interface Entry extends Target {
  readonly written: string;
  readonly value: number;
}

/**
 * The values of a model's parameters by their names. `beta`, `sd`, `sd[g]`, `cor` and `cor[g]` stand for all parameters whose names begin so, but the intercept; the
 * most specific statement wins. Throws SimulationError with everything that is wrong: what cannot be read, unknown names, values that a parameter cannot have.
 */
export function statedValues(design: Design, given: StatedParameters): StatedValues {
  const problems: string[] = [];
  const entries = entriesOf(given, problems);
  const { parameters } = quantities(design);
  const kinds = parameterKinds(design);
  const found = new Map<string, { readonly value: number; readonly specificity: number }>();
  for (const entry of entries) {
    const covered = parameters.flatMap((name, k) => (covers(entry, targetOf(name)) ? [{ name, kind: kinds[k] }] : []));
    if (covered.length === 0) problems.push(unknown(entry, design, parameters));
    for (const { name, kind } of covered) {
      const wrong = wrongValue(entry.value, kind);
      if (wrong !== null) problems.push(`${entry.written} is ${entry.value}, and ${wrong}`);
      const before = found.get(name);
      if (before?.specificity === entry.path.length) problems.push(`${name} is stated twice`);
      if (before === undefined || before.specificity < entry.path.length)
        found.set(name, { value: entry.value, specificity: entry.path.length });
    }
  }
  if (problems.length > 0) throw new SimulationError([...new Set(problems)].join("\n"));
  return new Map([...found].map(([name, { value }]) => [name, value]));
}

function entriesOf(given: StatedParameters, problems: string[]): Entry[] {
  if (typeof given === "string" || isList(given)) {
    const texts = typeof given === "string" ? [given] : given;
    return texts.flatMap((text) => split(text, ",").flatMap((part) => entryOf(part, problems)));
  }
  return Object.entries(given).map(([written, value]) => ({ ...targetOf(written), written, value }));
}

function isList(given: StatedParameters): given is readonly string[] {
  return Array.isArray(given);
}

function entryOf(text: string, problems: string[]): Entry[] {
  const parts = split(text, "=");
  const value = parts.length === 2 && parts[1] !== "" ? Number(parts[1]) : Number.NaN;
  if (!Number.isNaN(value)) return [{ ...targetOf(parts[0]), written: parts[0], value }];
  problems.push(`"${text}" states no value of a parameter; write it as beta[x] = 0.5, with commas between several`);
  return [];
}

function split(text: string, separator: string): string[] {
  return cutOutsideBrackets(text.replaceAll(/[\r\n]+/g, " "), 0, separator).pieces.map(({ start, end }) =>
    text.slice(start, end).trim(),
  );
}

function targetOf(name: string): Target {
  const [, head = name, path] = /^([^[]*)(?:\[(.*)\])?$/s.exec(name.trim()) ?? [];
  return {
    head: head.trim(),
    path: path === undefined ? [] : split(path, ",").map((part) => coefficientKey(readCoefficient(part))),
  };
}

/** Whether a statement is about a parameter: names in its brackets are the first of the parameter's. */
function covers(entry: Target, parameter: Target): boolean {
  if (entry.head !== parameter.head || entry.path.length > parameter.path.length) return false;
  if (parameter.path.length > 0 && entry.path.length === 0 && parameter.path[0] === "Intercept") return false;
  return entry.path.every((part, k) => part === parameter.path[k]);
}

function unknown({ written, head, path }: Entry, { held }: Design, parameters: readonly string[]): string {
  const same = held.find(({ name }) => covers({ head, path }, targetOf(name)));
  if (same !== undefined)
    return `${written} is no parameter: the model holds ${same.name} at ${same.value}; change it there`;
  if (head.endsWith("intercept") && path.length === 0)
    return `unknown parameter "${written}"; the intercept is stated where covariates are 0, as ${head.replace(/intercept$/, "beta[Intercept]")}`;
  return `unknown parameter "${written}"; ${didYouMean(written, parameters, "parameters")}`;
}

function wrongValue(value: number, kind: ParameterKind): string | null {
  if (!Number.isFinite(value)) return "a value is a finite number";
  switch (kind) {
    case "sd":
      return value >= 0 ? null : "a standard deviation is not negative";
    case "dispersion":
      return value > 0 ? null : "a dispersion is positive";
    case "probability":
      return value > 0 && value < 1 ? null : "a probability lies between 0 and 1";
    case "correlation":
      return Math.abs(value) < 1 ? null : "a correlation lies between -1 and 1";
    default:
      return null;
  }
}
