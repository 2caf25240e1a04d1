import { log } from "../math/special/elementary.js";
import type { Family } from "./Family.js";
import { LogTotal } from "./LogTotal.js";
import { copyOne, logDifference } from "./logCombination.js";
import type { RowProbability } from "./RowProbability.js";
import { newRowDerivatives } from "./rowLikelihoods.js";

/** Below this log probability of what is left out, an open interval is what that leaves of 1. */
const COMPLEMENT = log(0.9);
/** So far below the sum, on the log scale, a term and those after it count for nothing. */
const NEGLIGIBLE = 55;

/** Of a response that is a count, by sums of its probabilities. */
export function intervalsOfCounts(family: Family, link: string): RowProbability {
  const row = family.rowLikelihood(link);
  const hasEnd = family.slots.some(({ kind }) => kind === "data");
  let total = new LogTotal(0);
  let [term, one, rest] = [0, 0, 0].map(() => newRowDerivatives(0));
  return {
    evaluate(lower, upper, trials, eta, phi, order, out) {
      if (term.dPhi.length !== phi.length) {
        total = new LogTotal(phi.length);
        [term, one, rest] = [0, 0, 0].map(() => newRowDerivatives(phi.length));
      }
      const add = (y: number) => {
        row.evaluate(y, trials, eta, phi, order, term);
        total.add(0, term, order);
      };
      const first = Math.max(0, Math.floor(lower) + 1);
      const last = Math.min(Math.floor(upper), hasEnd ? trials : Infinity);
      if (first === 0 && last === (hasEnd ? trials : Infinity)) {
        copyOne(out);
        return;
      }
      total.clear();
      if (last === Infinity) {
        for (let y = 0; y < first; y++) add(y);
        if (total.value < COMPLEMENT) {
          total.write(rest);
          logDifference(one, rest, order, out);
          return;
        }
        total.clear();
      }
      let before = -Infinity;
      for (let y = first; y <= last; y++) {
        add(y);
        const isFalling = term.value < before;
        if (!Number.isFinite(term.value) && !isFalling && last === Infinity) break;
        if (isFalling && term.value < total.value - NEGLIGIBLE) break;
        before = term.value;
      }
      total.write(out);
    },
  };
}
