import { type ArgumentKind, checkArgument } from "../../argument/checkArgument.js";
import { objectWith } from "../../argument/kinds.js";
import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type Given, option } from "../../engine/OptionSchema.js";
import { seed } from "../../engine/optionTypes.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { logSumExp } from "../../math/logSumExp.js";
import { mixtureWeights } from "../../math/optimize/mixtureWeights.js";
import { createStream } from "../../math/random/createStream.js";
import { exp, log } from "../../math/special/elementary.js";
import type { Loo, LooComparison } from "../../summary/CrossValidation.js";
import { CheckError } from "../CheckError.js";
import { estimateOf } from "./estimates.js";

/** Options of a comparison of cross-validations. */
export const compareLooSchema = {
  seed: option(seed(), { default: 1, sentence: "seed of the bootstrap of the pseudo-BMA+ weights", example: 42 }),
};

/** How to compare cross-validations. */
export interface CompareLooOptions extends Given<typeof compareLooSchema> {}

/** Bayesian bootstraps of the pseudo-BMA+ weights. */
const BOOTSTRAPS = 10_000;

/**
 * Compares cross-validations of the same units by name. Throws CheckError where there are fewer than two, or where the units or the way that they
 * were left out differ.
 */
export function compareLoo(loos: Readonly<Record<string, Loo>>, options: CompareLooOptions = {}): LooComparison {
  checkArgument(loosByName, loos, "compareLoo", "loos");
  refuseProblems(schemaProblems(compareLooSchema, options));
  const { seed: from } = withDefaults(compareLooSchema, options);
  const entries = Object.entries(loos);
  refuseUnlike(entries);
  const elpds = entries.map(([, { pointwise }]) => pointwise.elpd);
  const best = entries.reduce((top, [, { elpd }], k) => (elpd.estimate > entries[top][1].elpd.estimate ? k : top), 0);
  const stacking = mixtureWeights(elpds);
  const [plain, bootstrapped] = [pseudoBma(elpds), pseudoBmaPlus(elpds, from)];
  const models = entries.map(([label, { elpd, unreliable }], k) => ({
    label,
    elpd,
    difference: estimateOf(elpds[k].map((value, i) => value - elpds[best][i])),
    stackingWeight: stacking[k],
    pseudoBmaPlusWeight: bootstrapped[k],
    pseudoBmaWeight: plain[k],
    unreliable,
  }));
  return { kind: "loo-comparison", models: models.sort((a, b) => b.elpd.estimate - a.elpd.estimate) };
}

function refuseUnlike(entries: readonly (readonly [string, Loo])[]): void {
  if (entries.length < 2) throw new CheckError(`a comparison takes two models or more, not ${entries.length}`);
  const [[first, one]] = entries;
  for (const [label, other] of entries.slice(1)) {
    if (other.group !== one.group || other.folds !== one.folds)
      throw new CheckError(`"${first}" leaves out ${told(one)}, "${label}" ${told(other)}; leave out the same`);
    const { units } = other.pointwise;
    if (units.length !== one.pointwise.units.length || units.some((unit, i) => unit !== one.pointwise.units[i]))
      throw new CheckError(
        `"${first}" has ${one.pointwise.units.length} units and "${label}" ${units.length}, and they are not the same ones; fit both to the rows that both can use`,
      );
  }
}

function told({ group, folds }: Loo): string {
  const units = group === null ? "rows" : `groups of ${group}`;
  return folds === null ? units : `${units} by ${folds} folds`;
}

function pseudoBma(elpds: readonly Float64Array[]): Float64Array {
  return softmax(elpds.map((own) => own.reduce((total, value) => total + value, 0)));
}

/** The mean of the weights over Bayesian bootstraps of the units: Dirichlet(1, ..., 1) weights of the units' elpd, n times their mean. */
function pseudoBmaPlus(elpds: readonly Float64Array[], from: number | string): Float64Array {
  const stream = createStream(from, 0);
  const n = elpds[0].length;
  const mean = new Float64Array(elpds.length);
  const shares = new Float64Array(n);
  for (let b = 0; b < BOOTSTRAPS; b++) {
    let total = 0;
    for (let i = 0; i < n; i++) {
      shares[i] = -log(stream.uniform());
      total += shares[i];
    }
    const weights = softmax(
      elpds.map((own) => (n / total) * own.reduce((sum, value, i) => sum + shares[i] * value, 0)),
    );
    weights.forEach((weight, k) => {
      mean[k] += weight / BOOTSTRAPS;
    });
  }
  return mean;
}

function softmax(logs: readonly number[]): Float64Array {
  const total = logSumExp(logs);
  return Float64Array.from(logs, (value) => exp(value - total));
}

const aLoo = objectWith("not-a-loo", "the result of await loo(fit)", { elpd: "object", pointwise: "object" });

const loosByName: ArgumentKind = {
  code: "not-loos",
  expected: "an object of results of loo by the names of their models: { full: await loo(a), small: await loo(b) }",
  accepts: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(aLoo.accepts),
};
