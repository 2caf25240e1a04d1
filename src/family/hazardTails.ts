import type { Jet, JetArithmetic } from "../math/jets.js";
import { exp, expm1 } from "../math/special/elementary.js";
import { log1mExp } from "../math/special/logProbability.js";
import type { RowTails } from "./Family.js";
import { rowsByJets } from "./rowsByJets.js";

/** Tails of a positive response with a positive mean and so many other positive parameters, by its cumulative hazard -log P(Y > y). */
export function hazardTails(
  link: string,
  parameters: number,
  cumulativeHazard: (y: number, mu: Jet, phi: readonly Jet[], jets: JetArithmetic) => Jet,
): RowTails {
  const supports = { mean: "positive", auxiliary: Array<"positive">(parameters).fill("positive") } as const;
  return {
    below: rowsByJets(link, supports, (y, _, mu, phi, jets) => logComplement(cumulativeHazard(y, mu, phi, jets), jets)),
    above: rowsByJets(link, supports, (y, _, mu, phi, jets) => jets.linear(-1, cumulativeHazard(y, mu, phi, jets), 0)),
  };
}

/** log(1 - exp(-h)) for a positive h. */
function logComplement(h: Jet, jets: JetArithmetic): Jet {
  const odds = exp(-h[0]) / -expm1(-h[0]);
  return jets.compose(h, log1mExp(-h[0]), odds, -odds * (1 + odds), odds * (1 + odds) * (1 + 2 * odds));
}
