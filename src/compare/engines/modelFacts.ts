import type { Design } from "../../design/Design.js";
import { isBinomial } from "../../design/responseValues.js";
import type { Family } from "../../family/Family.js";
import type { EngineComparison, ModelFacts } from "../../summary/Agreement.js";

/** With so many trials a row a binomial response is near to binary, as far as Laplace's approximation goes. */
const FEW_TRIALS = 3;

/** What of a model's data makes an approximation hard. */
export function modelFacts({ response, predictors }: Design, family: Family): ModelFacts {
  const isBinary = isBinomial(family) && (response.trials === null || median(response.trials) <= FEW_TRIALS);
  const counts = predictors[0].factors.map(({ name, levels, levelIndex }) => {
    const rows = new Float64Array(levels.length);
    for (const level of levelIndex) rows[level]++;
    return { factor: name, rows: median(rows) };
  });
  const fewest = counts.reduce<ModelFacts["rowsPerLevel"]>(
    (least, count) => (least === null || count.rows < least.rows ? count : least),
    null,
  );
  return { isBinary, rowsPerLevel: fewest };
}

function median(values: Float64Array): number {
  return values.slice().sort()[Math.floor(values.length / 2)];
}

export function groupsOf({ predictors }: Design): EngineComparison["groups"] {
  return predictors.flatMap(({ factors }) => factors.map(({ name, levels }) => ({ name, levels: levels.length })));
}
