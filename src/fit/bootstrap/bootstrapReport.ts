import type { Warning } from "../../diagnostics/warnings.js";
import type { BootstrapReport } from "../../report/MlReport.js";
import { percent } from "../../report/numbers.js";
import type { MlFit } from "../MlFit.js";
import { bootstrapRows } from "./recordOf.js";

/** A share of fits above which what they leave out, or get wrong, may move an interval. */
const MANY = 0.02;

/** What the bootstrap found, where the intervals of a fit are by it. */
export function bootstrapReport(fit: Pick<MlFit, "ml" | "design" | "compiled" | "options">): BootstrapReport | null {
  const { bootstrap } = fit.ml;
  if (bootstrap === undefined) return null;
  const { estimates, failures, ...record } = bootstrap;
  const rows = bootstrapRows(fit, bootstrap, fit.options.level);
  return {
    ...record,
    failed: failures.reduce((sum, { count }) => sum + count, 0),
    failures,
    parameters: rows.map(({ name, estimates, bias, biasError, sd }) => ({ name, estimates, bias, biasError, sd })),
  };
}

/** Too few replicates for the ends of the intervals, and many fits that failed or are not trusted. */
export function bootstrapWarnings({ ml, options }: Pick<MlFit, "ml" | "options">): Warning[] {
  const { bootstrap } = ml;
  if (bootstrap === undefined) return [];
  const { replicates, failures, untrusted, partial } = bootstrap;
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  const share = (count: number) => `${count} of ${replicates}`;
  const warnings: Warning[] = [];
  if (partial)
    warnings.push({
      code: "bootstrap-partial",
      message: `the bootstrap was stopped after ${replicates} of ${options.replicates} replicates, which the intervals are of`,
      advice: "run it to its end",
    });
  const beyond = (replicates * (1 - options.level)) / 2;
  if (beyond < 5)
    warnings.push({
      code: "bootstrap-few",
      message: `${replicates} replicates are few for intervals of ${percent(options.level)}: about ${Number(beyond.toPrecision(2))} lie beyond each end`,
      advice: `take more, --replicates ${Math.ceil(20 / (1 - options.level) / 100) * 100} or above`,
    });
  if (failed > MANY * replicates)
    warnings.push({
      code: "bootstrap-failures",
      message: `${share(failed)} fits of simulated responses failed and are left out, by: ${failures[0].reason}`,
      advice: "the intervals are of the others, which may be too narrow; take another method, or an engine with priors",
    });
  if (untrusted > MANY * replicates)
    warnings.push({
      code: "bootstrap-untrusted",
      message: `${share(untrusted)} fits of simulated responses may not be at their maximum; they count among the replicates`,
      advice: "take another method, or an engine with priors",
    });
  return warnings;
}
