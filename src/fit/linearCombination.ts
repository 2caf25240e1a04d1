import type { ParameterKind } from "../density/LatentGaussian.js";
import type { Quantities } from "../density/LogDensity.js";
import type { LinearCombination } from "../engine/inla/LinearCombination.js";
import { didYouMean } from "../language/suggest.js";

/** A term of a combination: sign, number with `*`, and a name whose brackets hold anything but brackets. */
const TERM = /\s*([+-])?\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)\s*\*\s*)?([A-Za-z][\w.]*(?:\[[^[\]]*\])?)\s*/y;

/**
 * A weighted sum of coefficients and random effects by their names: "beta[post] + 0.5 * b[subject, 17, Intercept]". Returns what is wrong with it
 * in its place, as a problem of the option "lincomb".
 */
export function parseCombination(
  text: string,
  { parameters, randomEffects }: Quantities,
  kinds: readonly ParameterKind[],
): LinearCombination | string {
  const coefficients: { index: number; weight: number }[] = [];
  const effects: { index: number; weight: number }[] = [];
  const wrong = (reason: string) => `lincomb is ${JSON.stringify(text)}: ${reason}`;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length || coefficients.length + effects.length === 0) {
    const from = TERM.lastIndex;
    const isFirst = coefficients.length + effects.length === 0;
    const found = TERM.exec(text);
    if (found === null || (!isFirst && found[1] === undefined))
      return wrong(`cannot read "${text.slice(from).trim()}"; write a sum such as beta[x] + 2 * beta[z]`);
    const [, sign, number, name] = found;
    const weight = (sign === "-" ? -1 : 1) * Number(number ?? 1);
    const parameter = parameters.indexOf(name);
    const effect = randomEffects.findIndex((one) => one.name === name);
    if (effect >= 0) effects.push({ index: effect, weight });
    else if (kinds[parameter] === "coefficient") coefficients.push({ index: parameter, weight });
    else if (parameter >= 0)
      return wrong(`${name} is no coefficient, and only those and random effects can be added up`);
    else return wrong(`no "${name}"; ${didYouMean(name, linearNames(parameters, kinds), "coefficients")}`);
  }
  return { name: text, coefficients, effects };
}

function linearNames(parameters: readonly string[], kinds: readonly ParameterKind[]): string[] {
  return parameters.filter((_, k) => kinds[k] === "coefficient");
}
