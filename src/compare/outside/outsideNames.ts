import type { Quantities } from "../../density/LogDensity.js";
import type { Claim } from "./outsideRows.js";

/** Finds the quantities of a model by the names that other software gives them. */
export class OutsideNames {
  private readonly parameters: readonly string[];
  private readonly randomEffects: Quantities["randomEffects"];
  /** Per factor, its effects' coefficients in order. */
  private readonly coefficients: ReadonlyMap<string, readonly string[]>;

  constructor({ parameters, randomEffects }: Quantities) {
    this.parameters = parameters;
    this.randomEffects = randomEffects;
    const coefficients = new Map<string, string[]>();
    for (const { factor, coefficient } of randomEffects) {
      const known = coefficients.get(factor) ?? [];
      if (!known.includes(coefficient)) coefficients.set(factor, [...known, coefficient]);
    }
    this.coefficients = coefficients;
  }

  /** Our name for what a row estimates; null where the model has none, or more than one. */
  find(claim: Claim): string | null {
    switch (claim.kind) {
      case "named":
        return this.named(claim.name);
      case "coefficient":
        return this.coefficient(claim.term);
      case "sd":
      case "variance":
        return this.deviation(claim.group, claim.term);
      case "correlation":
      case "covariance":
        return this.correlation(claim.group, claim.terms);
      case "effect":
        return this.effect(claim.group, claim.level, claim.term);
      case "sigma":
      case "residualVariance":
        return this.parameter("sigma");
      default:
        return this.parameter("phi");
    }
  }

  /** Our own names first, then brms's (`b_post`, `sd_subject__Intercept`), then those of a dispersion; else a coefficient. */
  private named(name: string): string | null {
    if (this.parameters.includes(name) || this.randomEffects.some((effect) => effect.name === name)) return name;
    const [, kind, first, second, third] = /^(sd|cor)_(.+?)__(.+?)(?:__(.+))?$/.exec(name) ?? [];
    if (kind === "sd") return this.deviation(first, second);
    if (kind === "cor" && third !== undefined) return this.correlation(first, [[second, third]]);
    if (/^(shape|theta|size|dispersion)$/i.test(name)) return this.parameter("phi");
    if (/^(residual|sigma_?hat)$/i.test(name)) return this.parameter("sigma");
    return this.coefficient(name.replace(/^b_/, ""));
  }

  private parameter(name: string): string | null {
    return this.parameters.includes(name) ? name : null;
  }

  private coefficient(term: string): string | null {
    const own = this.parameters.filter((name) => name.startsWith("beta["));
    return only(own.filter((name) => termKey(name.slice(5, -1)) === termKey(term)));
  }

  private deviation(group: string, term: string | number): string | null {
    const names = this.groups(group).flatMap(([factor, coefficients]) =>
      coefficients.filter(is(term)).map((coefficient) => `sd[${factor}, ${coefficient}]`),
    );
    return only(names.filter((name) => this.parameters.includes(name)));
  }

  private correlation(group: string, pairs: readonly (readonly [string | number, string | number])[]): string | null {
    const names = this.groups(group).flatMap(([factor, coefficients]) =>
      pairs.flatMap(([a, b]) =>
        coefficients
          .filter(is(a))
          .flatMap((first) =>
            coefficients
              .filter(is(b))
              .flatMap((second) => [`cor[${factor}, ${first}, ${second}]`, `cor[${factor}, ${second}, ${first}]`]),
          ),
      ),
    );
    return only(names.filter((name) => this.parameters.includes(name)));
  }

  private effect(group: string, level: string, term: string): string | null {
    const matches = this.randomEffects.filter(
      (effect) =>
        groupKey(effect.factor) === groupKey(group) &&
        effect.level === inOrderOf(effect.factor, group, level) &&
        termKey(effect.coefficient) === termKey(term),
    );
    return only(matches.map(({ name }) => name));
  }

  private groups(group: string): (readonly [string, readonly string[]])[] {
    return [...this.coefficients].filter(([factor]) => groupKey(factor) === groupKey(group));
  }
}

const only = (names: readonly string[]): string | null => (names.length === 1 ? names[0] : null);

/** Whether a coefficient is the one meant by its term, or by its position from 1. */
const is = (term: string | number) => (coefficient: string, k: number) =>
  typeof term === "number" ? k + 1 === term : termKey(coefficient) === termKey(term);

/** Interaction factors are written in either order: `clinic:treatment`, `treatment:clinic`, `treatment(clinic)`. */
const groupParts = (group: string) =>
  group
    .replaceAll(/[()]/g, ":")
    .split(":")
    .filter((part) => part !== "");
const groupKey = (group: string) => groupParts(group).map(bare).sort().join(":");

/** The parts of a level in the order in which `factor` names them, where `group` names the same in another order. */
function inOrderOf(factor: string, group: string, level: string): string {
  const [ours, theirs, values] = [groupParts(factor).map(bare), groupParts(group).map(bare), level.split(":")];
  if (values.length !== theirs.length) return level;
  return ours.map((part) => values[theirs.indexOf(part)]).join(":");
}

/**
 * A term free of what software writes differently: `trt.progabide`, `trtprogabide`, `trt[T.progabide]`, `factor(trt)progabide`; the
 * variables of an interaction in any order, joined by : or *.
 */
function termKey(term: string): string {
  return splitOutsideParentheses(term).map(variableKey).sort().join(":");
}

function variableKey(variable: string): string {
  const name = variable.trim();
  if (/^(\(?intercept\)?|_cons|const|1)$/i.test(name)) return "Intercept";
  return bare(
    name.replace(/^(?:as\.)?(?:factor|ordered|C|relevel|sum)\(\s*`?([\w.]+)`?[^)]*\)/, "$1").replace("[T.", ""),
  );
}

const bare = (text: string) => text.replaceAll(/[\s.`"'_[\]]/g, "");

function splitOutsideParentheses(term: string): string[] {
  const parts = [""];
  let depth = 0;
  // "(Intercept)" and the like are whole; so is whatever stands in the arguments of a call.
  for (const letter of term) {
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (depth === 0 && (letter === ":" || letter === "*")) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}
