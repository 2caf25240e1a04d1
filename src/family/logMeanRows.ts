import { log } from "../math/special/elementary.js";
import type { RowLikelihood } from "./Family.js";

/** log mu of each link of a positive mean other than log, as this number times log eta. */
const exponents = { identity: 1, inverse: -1, inverse_squared: -0.5, sqrt: 2 };

/** The rows of a family with a positive mean under its links, from those under the link log. */
export function logMeanRows<Name extends keyof typeof exponents>(
  logLink: RowLikelihood,
  names: readonly Name[],
): Readonly<Record<"log" | Name, RowLikelihood>> {
  const others = names.map((name): [string, RowLikelihood] => [name, ofPower(logLink, exponents[name])]);
  return { log: logLink, ...Object.fromEntries(others) } as Readonly<Record<"log" | Name, RowLikelihood>>;
}

/** With log mu = exponent log eta for a positive eta. */
function ofPower(logLink: RowLikelihood, exponent: number): RowLikelihood {
  return {
    evaluate(y, trials, eta, phi, order, out) {
      const r = 1 / eta;
      const first = exponent * r;
      const second = -first * r;
      const third = -2 * second * r;
      logLink.evaluate(y, trials, exponent * log(eta), phi, order, out);
      if (!(eta > 0)) out.value = -Infinity;
      const { dEta, dEta2, dEta3, dPhi, dEtaPhi, dEta2Phi } = out;
      out.dEta = dEta * first;
      out.dEta2 = dEta2 * first * first + dEta * second;
      out.dEta3 = dEta3 * first * first * first + 3 * dEta2 * first * second + dEta * third;
      for (let k = 0; k < dPhi.length; k++) {
        dEta2Phi[k] = dEta2Phi[k] * first * first + dEtaPhi[k] * second;
        dEtaPhi[k] *= first;
      }
    },
  };
}
