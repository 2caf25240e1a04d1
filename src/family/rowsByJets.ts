import { type Jet, JetArithmetic, writeDerivatives } from "../math/jets.js";
import type { ParameterSupport, RowLikelihood } from "./Family.js";
import { inverseLinkNamed } from "./inverseLinks.js";
import { contains } from "./supports.js";

/** log p(y | mu, phi) of a response that can be one, by arithmetic on Taylor polynomials. */
export type JetLogDensity = (y: number, trials: number, mu: Jet, phi: readonly Jet[], jets: JetArithmetic) => Jet;

/** What the mean and the other parameters can be: open intervals. */
export interface JetSupports {
  readonly mean: ParameterSupport;
  readonly auxiliary: readonly ParameterSupport[];
}

/** The row's log-likelihood under a link, with all derivatives, from its log density alone; -Infinity outside the supports. */
export function rowsByJets(link: string, { mean, auxiliary }: JetSupports, logDensity: JetLogDensity): RowLikelihood {
  const inverseLink = inverseLinkNamed(link);
  const jets = new JetArithmetic(auxiliary.length);
  const parameters: Jet[] = [];
  return {
    evaluate(y, trials, eta, phi, order, out) {
      jets.start(order);
      const mu = inverseLink(jets.variable(eta), jets);
      let isInside = contains(mean, mu[0]);
      for (let k = 0; k < auxiliary.length; k++) {
        parameters[k] = jets.parameter(k, phi[k]);
        isInside &&= contains(auxiliary[k], phi[k]);
      }
      writeDerivatives(logDensity(y, trials, mu, parameters, jets), out);
      if (!isInside) out.value = -Infinity;
    },
  };
}
