import { gaussLegendre } from "../math/quadrature/gaussLegendre.js";
import { log } from "../math/special/elementary.js";
import type { Family, RowTails } from "./Family.js";
import { LogTotal } from "./LogTotal.js";
import { copyOne, logDifference } from "./logCombination.js";
import type { RowProbability } from "./RowProbability.js";
import { newRowDerivatives } from "./rowLikelihoods.js";
import { supportOf } from "./supports.js";

/** An interval with less than this share of its tail, on the log scale, is integrated: the difference of tails would lose its digits. */
const NARROW = log(1e-3);
const rule = gaussLegendre(10);

/** Of a continuous response whose tails have formulas. */
export function intervalsByTails(family: Family, link: string, { below, above }: RowTails): RowProbability {
  const row = family.rowLikelihood(link);
  const support = supportOf(family);
  let total = new LogTotal(0);
  let [wide, narrow, point] = [0, 0, 0].map(() => newRowDerivatives(0));
  return {
    evaluate(lower, upper, trials, eta, phi, order, out) {
      if (wide.dPhi.length !== phi.length) {
        total = new LogTotal(phi.length);
        [wide, narrow, point] = [0, 0, 0].map(() => newRowDerivatives(phi.length));
      }
      const [isOpenBelow, isOpenAbove] = [lower <= support.lower, upper >= support.upper];
      if (isOpenBelow && isOpenAbove) return copyOne(out);
      if (isOpenAbove) return above.evaluate(lower, trials, eta, phi, order, out);
      if (isOpenBelow) return below.evaluate(upper, trials, eta, phi, order, out);
      below.evaluate(upper, trials, eta, phi, order, wide);
      above.evaluate(lower, trials, eta, phi, order, narrow);
      if (wide.value < narrow.value) below.evaluate(lower, trials, eta, phi, order, narrow);
      else {
        [wide, narrow] = [narrow, wide];
        above.evaluate(upper, trials, eta, phi, order, narrow);
      }
      logDifference(wide, narrow, order, out);
      if (!(out.value < wide.value + NARROW) || !(upper > lower)) return;
      total.clear();
      const half = 0.5 * (upper - lower);
      for (let q = 0; q < rule.nodes.length; q++) {
        row.evaluate(lower + half * (1 + rule.nodes[q]), trials, eta, phi, order, point);
        total.add(log(half * rule.weights[q]), point, order);
      }
      total.write(out);
    },
  };
}
