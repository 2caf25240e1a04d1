import { checkArgument } from "../../argument/checkArgument.js";
import { quantileOfSorted } from "../../diagnostics/quantile.js";
import type { OptionsOf } from "../../engine/OptionSchema.js";
import { aFit, aModelToFit } from "../../fit/aFit.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import type { ModelToFit } from "../../fit/ModelToFit.js";
import { inThisThread } from "../../fit/thisThread.js";
import { mean } from "../../math/moments.js";
import { createStream } from "../../math/random/createStream.js";
import { runSteps, type Steps, staged } from "../../math/steps.js";
import type { QuantileResiduals } from "../../summary/Residuals.js";
import { checkReplication } from "../replication/checkReplication.js";
import { type Grouping, groupingNamed, rowsOfLevels } from "../replication/grouping.js";
import { factorsOf, type Replication, replicationOf } from "../replication/replicates.js";
import { observedPredictive } from "./observedPredictive.js";
import { completeResidualsOptions, type ResidualsOptions, type residualsSchema } from "./options.js";
import { residualTests, type TestedRows } from "./residualTests.js";
import { rankSimulated, type Simulated } from "./Simulated.js";
import { residualWarnings } from "./warnings.js";

/**
 * Randomised quantile residuals (Dunn & Smyth 1996) of a fit by any engine: where each response lies in its predictive distribution, averaged over the posterior and over new random effects
 * or those of the fit; and tests of them against simulated data, in the manner of R's DHARMa. Throws OptionsError for options,
 * CheckError for a fit that no data can be simulated from.
 */
export async function residuals(fit: Fit | MlFit, options: ResidualsOptions = {}): Promise<QuantileResiduals> {
  checkArgument(aFit, fit, "residuals", "fit");
  const complete = completeResidualsOptions(options);
  return runSteps(residualsSteps(fit, complete), inThisThread(complete));
}

/** Before a model is fitted: whether it has residuals, in the groups of a factor or column. Throws CheckError as `residuals` does once it is fitted. */
export async function checkResiduals(model: ModelToFit, options: ResidualsOptions = {}): Promise<void> {
  checkArgument(aModelToFit, model, "checkResiduals", "model");
  checkReplication(model, completeResidualsOptions(options));
}

/** Numbers held at a time where nothing else is asked for: 256 MB. */
const HELD = 2 ** 25;
const FEWEST = 100;
const USUAL = 1000;

function* residualsSteps(fit: Fit | MlFit, options: OptionsOf<typeof residualsSchema>): Steps<QuantileResiduals> {
  const { effects, seed } = options;
  const rows = fit.design.rows;
  const simulations = options.simulations ?? Math.min(USUAL, Math.max(FEWEST, Math.floor(HELD / rows)));
  const replication = replicationOf(fit, { effects, seed, replicates: simulations });
  const { order, observed, reader } = replication;
  const grouping = options.group === undefined ? null : groupingNamed(fit, options.group, order);
  const stream = createStream(`${seed}:randomised`, 0);
  const { responses, ...predictive } = yield* observedPredictive(replication, stream);
  const ranked = yield* staged("ranking simulated data", rows, rankSimulated(responses, stream));
  const simulated: Simulated = { observed, responses, ...predictive, ...ranked };
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const tested = { hasZeros: isOfCounts(fit, replication), isCensored: fit.design.response.censoring !== null };
  const body = {
    kind: "residuals" as const,
    engine: fit.engine,
    effects,
    factors: factorsOf(fit),
    method: reader.probability === null ? ("simulated" as const) : ("exact" as const),
    simulations,
    rows: order.map((i) => fit.design.rowIndex[i] + 1),
    observed,
    fitted: predictive.fitted,
    residuals: predictive.residuals,
    tests: residualTests(simulated, all, tested),
    histogram: histogram(simulated),
    groups: grouping && groupTests(simulated, grouping, tested),
  };
  return { ...body, warnings: residualWarnings(body) };
}

/** Zeros say something of counts that are not 0 or 1 alone. */
function isOfCounts({ design, compiled }: Fit | MlFit, { reader, observed }: Replication): boolean {
  if (design.response.categories !== null) return false;
  const isCount = reader.isDiscrete ?? observed.every((y) => Number.isInteger(y) && y >= 0);
  const most = design.response.trials?.reduce((a, b) => Math.max(a, b), 1) ?? 1;
  return isCount && compiled.family.checkResponse(2, most) === null;
}

function groupTests(simulated: Simulated, grouping: Grouping, tested: TestedRows): QuantileResiduals["groups"] {
  const levels = rowsOfLevels(grouping).map((places, level) => ({
    level: grouping.levels[level],
    rows: places.length,
    meanResidual: mean(Float64Array.from(places, (i) => simulated.residuals[i])),
    tests: residualTests(simulated, places, tested),
  }));
  return { name: grouping.name, levels };
}

const BINS = 10;
const INTERVAL = [0.05, 0.95] as const;

function histogram({ residuals: own, residualsOf }: Simulated): QuantileResiduals["histogram"] {
  const counted = (values: Float64Array) => {
    const counts = new Float64Array(BINS);
    for (const u of values) counts[Math.min(BINS - 1, Math.floor(BINS * u))]++;
    return counts;
  };
  const all = residualsOf.map(counted);
  const ends = INTERVAL.map((probability) =>
    Float64Array.from({ length: BINS }, (_, b) =>
      quantileOfSorted(Float64Array.from(all, (counts) => counts[b]).sort(), probability),
    ),
  );
  return { observed: counted(own), lower: ends[0], upper: ends[1] };
}
