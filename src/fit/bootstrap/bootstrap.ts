import { checkArgument } from "../../argument/checkArgument.js";
import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { EngineError } from "../../engine/EngineError.js";
import { aFit } from "../../fit/aFit.js";
import { engineContext } from "../engineContext.js";
import { isKnownToThreads } from "../isKnownToThreads.js";
import type { MlFit } from "../MlFit.js";
import { schemaProblems } from "../schemaProblems.js";
import type { BootstrapResult, BootstrapRow } from "./BootstrapResult.js";
import { bootstrapRow } from "./bootstrapRow.js";
import { type BootstrapOptions, bootstrapSchema, type StatisticResult } from "./bootstrapSchema.js";
import { bootstrapRows, recordOf } from "./recordOf.js";
import type { Refit, StatisticValue } from "./responseWork.js";
import { simulatedRefits } from "./simulatedRefits.js";

/**
 * The parametric bootstrap of a fit by maximum likelihood: responses are simulated at its estimates, with random effects drawn anew, and fitted by the same method; with `statistic` also of any number that is
 * computed from a fit. The same for any number of workers. Throws OptionsError for options, EngineError where an estimate is not finite or nearly all fits fail, and the signal's reason once it is aborted.
 */
export async function bootstrap(fit: MlFit, options: BootstrapOptions = {}): Promise<BootstrapResult> {
  checkArgument(aFit, fit, "bootstrap", "fit");
  refuseProblems(schemaProblems(bootstrapSchema, options));
  const { replicates, type, level, statistic, workers, ...running } = withDefaults(bootstrapSchema, options);
  if (!("ml" in fit)) throw new EngineError("the bootstrap is of a fit by maximum likelihood; fit with the engine ml");
  if (fit.options.scale === "free" && fit.ml.method === "pql") throw new EngineError(noDistribution);
  const computed = statistic === undefined ? null : async (one: MlFit) => namedValues(await statistic(one));
  const own = (await computed?.(fit)) ?? [];
  const refits: Refit[] = [];
  await simulatedRefits(
    fit,
    {
      ...{ ...running, replicates, statistic: computed },
      workers: isKnownToThreads(fit) ? workers : 0,
      onRefit: (refit, replicate) => {
        refits[replicate - 1] = refit;
      },
    },
    engineContext(fit, running, performance.now()).openExecutor,
  );
  const { estimates, ...record } = recordOf(fit, refits, type, replicates);
  return {
    ...record,
    level,
    parameters: bootstrapRows(fit, { estimates, type }, level),
    statistics: own.map(([name, value]) => statisticRow(name, value, refits, { type, level })),
  };
}

const noDistribution =
  'the fit has the scale "free", which is a variance and no distribution that responses could be simulated from; fit with scale "fixed", or a family with a dispersion';

/** Names are those that the object has, or numbers from 1. */
function namedValues(result: StatisticResult): readonly StatisticValue[] {
  if (typeof result === "number") return [["statistic", result]];
  const isList = (given: object): given is ArrayLike<number> => "length" in given && typeof given.length === "number";
  if (isList(result)) return Array.from(result, (value, k) => [`statistic[${k + 1}]`, value] as const);
  return Object.entries(result);
}

function statisticRow(
  name: string,
  estimate: number,
  refits: readonly Refit[],
  asked: Pick<BootstrapResult, "type" | "level">,
): BootstrapRow {
  const values = refits.map(({ statistics }) => statistics.find(([other]) => other === name)?.[1] ?? Number.NaN);
  return bootstrapRow(name, estimate, Float64Array.from(values), { ...asked, kind: null });
}
