import type { RowTails } from "./Family.js";
import { type JetLogDensity, rowsByJets } from "./rowsByJets.js";

/** Tails of a response that is normal on the scale of `location`, with mean mu and the sd as the only other parameter. */
export function normalTails(link: string, location: (y: number) => number): RowTails {
  const z: JetLogDensity = (y, _trials, mu, [sigma], jets) => jets.divide(jets.linear(-1, mu, location(y)), sigma);
  const rows = (sign: 1 | -1) =>
    rowsByJets(link, { mean: "real", auxiliary: ["positive"] }, (y, trials, mu, phi, jets) =>
      jets.logNormalCdf(jets.linear(sign, z(y, trials, mu, phi, jets), 0)),
    );
  return { below: rows(1), above: rows(-1) };
}
