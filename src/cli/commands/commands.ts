import type { AddCommand } from "./AddCommand.js";
import { addCheck } from "./check.js";
import { addCompare } from "./compare.js";
import { addContrast } from "./contrast.js";
import { addExport } from "./export.js";
import { addFit } from "./fit.js";
import { addInfluence } from "./influence.js";
import { addLoo } from "./loo.js";
import { addMeans } from "./means.js";
import { addPopulation } from "./population.js";
import { addPpc } from "./ppc.js";
import { addPredict } from "./predict.js";
import { addResiduals } from "./residuals.js";
import { addSbc } from "./sbc.js";
import { addSensitivity } from "./sensitivity.js";
import { addSimulate } from "./simulate.js";
import { addSlopes } from "./slopes.js";
import { addSolve } from "./solve.js";
import { addSummary } from "./summary.js";
import { addTest } from "./test.js";

/** All commands by their names, in the order of the help. */
export const commands: ReadonlyMap<string, AddCommand> = new Map([
  ["fit", addFit],
  ["summary", addSummary],
  ["check", addCheck],
  ["predict", addPredict],
  ["means", addMeans],
  ["contrast", addContrast],
  ["slopes", addSlopes],
  ["test", addTest],
  ["solve", addSolve],
  ["population", addPopulation],
  ["sensitivity", addSensitivity],
  ["ppc", addPpc],
  ["residuals", addResiduals],
  ["influence", addInfluence],
  ["loo", addLoo],
  ["simulate", addSimulate],
  ["sbc", addSbc],
  ["compare", addCompare],
  ["export", addExport],
]);
