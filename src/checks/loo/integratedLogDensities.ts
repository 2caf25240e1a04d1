import type { DrawnFactor, RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Steps } from "../../math/steps.js";
import type { JointDraws } from "../../posterior/jointDraws.js";
import { levelIntegrals } from "./levelIntegrals.js";
import { nestedChain } from "./RowTree.js";
import type { UnitLogDensities } from "./rowLogDensities.js";

/** log p(y_g | parameters) of the groups of a factor, their effects and those of the factors nested in it integrated out; effects of other factors as drawn. */
export function groupLogDensities(rows: RowsAtDraws, factor: DrawnFactor, draws: JointDraws): UnitLogDensities {
  const { rowsOf, tree, at } = levelIntegrals(rows, nestedChain(factor, rows.factors));
  const trees = rowsOf.map(tree);
  const draw = new Float64Array(draws.length);
  return function* (units) {
    const logs = units.map(() => new Float64Array(draws.count));
    for (let s = 0; s < draws.count; s++) {
      draws.copy(s, draw);
      const integral = at(draw);
      for (let k = 0; k < units.length; k++) logs[k][s] = integral(trees[units[k]]);
      yield;
    }
    return logs;
  };
}

/**
 * log p(y_i | the other rows of its group, parameters) of some rows, the effects of the group integrated out; of each row's groups that with the
 * fewest rows, effects of other factors as drawn.
 */
export function* integratedLogDensities(
  rows: RowsAtDraws,
  chosen: readonly number[],
  draws: JointDraws,
): Steps<Float64Array[]> {
  const integrals = rows.factors.map((factor) => levelIntegrals(rows, [factor]));
  const places = chosen.map((i) => {
    const sizes = rows.factors.map(({ levelIndex }, f) => integrals[f].rowsOf[levelIndex[i]].length);
    const f = sizes.indexOf(Math.min(...sizes));
    const { rowsOf, tree } = integrals[f];
    const whole = rowsOf[rows.factors[f].levelIndex[i]];
    return { f, whole: tree(whole), others: tree(whole.filter((row) => row !== i)) };
  });
  const draw = new Float64Array(draws.length);
  const logs = chosen.map(() => new Float64Array(draws.count));
  for (let s = 0; s < draws.count; s++) {
    draws.copy(s, draw);
    integrals.forEach(({ at }, f) => {
      const integral = at(draw);
      places.forEach((place, k) => {
        if (place.f !== f) return;
        logs[k][s] = integral(place.whole) - integral(place.others);
      });
    });
    yield;
  }
  return logs;
}
