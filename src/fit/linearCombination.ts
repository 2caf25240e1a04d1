import type { ParameterKind } from "../density/LatentGaussian.js";
import type { Quantities } from "../density/LogDensity.js";
import type { LinearCombination, Weight } from "../engine/inla/LinearCombination.js";
import { didYouMean } from "../language/suggest.js";
import type { Posterior, Quantity } from "../posterior/Posterior.js";
import { drawsOf } from "../posterior/quantities.js";

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
  const coefficients: Weight[] = [];
  const effects: Weight[] = [];
  const nearestTo = (name: string) =>
    name.startsWith("b[")
      ? didYouMean(
          name,
          randomEffects.map((effect) => effect.name),
          "random effects",
        )
      : didYouMean(name, linearNames(parameters, kinds), "coefficients");
  const wrong = (reason: string) => `lincomb is ${JSON.stringify(text)}: ${reason}`;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length || coefficients.length + effects.length === 0) {
    const from = TERM.lastIndex;
    const isFirst = coefficients.length + effects.length === 0;
    const found = TERM.exec(text);
    if (found === null || (!isFirst && found[1] === undefined))
      return wrong(`cannot read "${text.slice(from).trim()}"; write a sum such as beta[x] + 2 * beta[z]`);
    const [, sign, number, written] = found;
    const name = written.replaceAll(/\s*,\s*/g, ", ");
    const weight = (sign === "-" ? -1 : 1) * Number(number ?? 1);
    const parameter = parameters.indexOf(name);
    const effect = randomEffects.findIndex((one) => one.name === name);
    if (effect >= 0) effects.push({ index: effect, weight });
    else if (kinds[parameter] === "coefficient") coefficients.push({ index: parameter, weight });
    else if (parameter >= 0)
      return wrong(`${name} is no coefficient, and only those and random effects can be added up`);
    else return wrong(`no "${name}"; ${nearestTo(name)}`);
  }
  return { name: text, coefficients, effects };
}

function linearNames(parameters: readonly string[], kinds: readonly ParameterKind[]): string[] {
  return parameters.filter((_, k) => kinds[k] === "coefficient");
}

/** What a combination comes to in every draw of a posterior that has draws of all. */
export function combinedDraws({ name, coefficients, effects }: LinearCombination, posterior: Posterior): Quantity {
  const { parameters, randomEffects } = posterior;
  const parts = [
    ...coefficients.map(({ index, weight }) => ({ weight, chains: drawsOf(posterior, parameters[index].name) })),
    ...effects.map(({ index, weight }) => ({ weight, chains: drawsOf(posterior, randomEffects[index].name) })),
  ];
  const chains = parts[0].chains.map((first, k) =>
    first.map((_, draw) => parts.reduce((total, part) => total + part.weight * part.chains[k][draw], 0)),
  );
  return { name, marginal: { kind: "draws", chains, weights: null } };
}
