import { defaultNutsOptions } from "../engine/hmc/options.js";
import { defaultInlaOptions } from "../engine/inla/options.js";
import { defaultLaplaceOptions } from "../engine/laplace/options.js";
import { defaultMlOptions } from "../engine/ml/options.js";
import { families as builtInFamilies } from "../family/families.js";
import { didYouMean } from "../language/suggest.js";
import { priors as builtInPriors } from "../prior/priors.js";
import type { ModelOptions } from "./prepare.js";

const escalation = ["escalate", "onProgress", "onQuality", "signal", "workers"];

/** The options that each engine takes besides those of every fit. */
const engineOptionNames: Readonly<Record<EngineName, readonly string[]>> = {
  nuts: [
    "chains",
    "parametrization",
    "workers",
    "onProgress",
    "onQuality",
    "signal",
    "targetEss",
    "timeLimitSeconds",
    ...Object.keys(defaultNutsOptions),
  ],
  laplace: [...escalation, ...Object.keys(defaultLaplaceOptions)],
  inla: ["lincomb", ...escalation, ...Object.keys(defaultInlaOptions)],
  ml: ["onProgress", ...Object.keys(defaultMlOptions)],
};

export const engineNames = ["nuts", "laplace", "inla", "ml"] as const;
export type EngineName = (typeof engineNames)[number];

const commonOptionNames = ["engine", "missing", "level", "families", "priors"];

/** What is wrong with the options that every engine takes, and with names that this one does not. */
export function commonOptionProblems(options: ModelOptions, engine: EngineName): string[] {
  const { missing = "drop", level = 0.9, families = [], priors = [] } = options;
  return [
    ...oneOf("missing", missing, ["drop", "error"]),
    ...probability("level", level),
    ...takenNames("families", families, builtInFamilies),
    ...takenNames("priors", priors, builtInPriors),
    ...unknownOptions(options, engine),
  ];
}

function unknownOptions(options: object, engine: EngineName): string[] {
  const known = [...commonOptionNames, ...engineOptionNames[engine]];
  const others = engineNames.flatMap((name) => engineOptionNames[name]);
  return Object.keys(options).flatMap((name) => {
    if (known.includes(name)) return [];
    if (others.includes(name))
      return [`${name} is no option of the engine "${engine}"; leave it out, or choose another engine`];
    return [`unknown option "${name}"; ${didYouMean(name, known, "options")}`];
  });
}

export function oneOf(name: string, value: unknown, allowed: readonly string[]): string[] {
  if (allowed.some((known) => known === value)) return [];
  return [
    `${name} is ${JSON.stringify(value)}; allowed: ${allowed.map((known) => JSON.stringify(known)).join(" or ")}`,
  ];
}

export function whole(name: string, value: number, min: number, max: number): string[] {
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [`${name} is ${value}; allowed: a whole number from ${min} to ${max}`];
}

export function positive(name: string, value: number): string[] {
  return value > 0 && value < Infinity ? [] : [`${name} is ${value}; allowed: a positive number`];
}

function probability(name: string, value: number): string[] {
  return value > 0 && value < 1 ? [] : [`${name} is ${String(value)}; allowed: a number between 0 and 1, as in 0.95`];
}

function takenNames(option: string, given: readonly Named[], builtIn: readonly Named[]): string[] {
  const names = [...builtIn, ...given].map(({ name }) => name);
  const taken = new Set(names.filter((name, k) => names.indexOf(name) < k));
  return [...taken].map((name) => `${option} has "${name}", a name that is taken; allowed: names of their own`);
}

interface Named {
  readonly name: string;
}
