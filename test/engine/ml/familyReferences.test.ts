import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fit } from "../../../src/fit/fit.js";
import { readTable } from "../../../src/platform/node/readTable.js";
import { dataFile, referenceFolder } from "../../../validation/files.js";

type Numbers = Readonly<Record<string, number>>;

interface Reference {
  readonly data: string;
  readonly model: readonly string[];
  readonly logLik: number;
  readonly beta: Readonly<Record<string, number | Numbers>>;
  readonly threshold?: Numbers;
  readonly zi?: Numbers;
  readonly se: Readonly<Record<string, number | Numbers>>;
  readonly zise?: Numbers;
}

const references: Readonly<Record<string, Reference>> = JSON.parse(
  readFileSync(join(referenceFolder, "ml_families.json"), "utf8"),
);

/** Where the other program's log-likelihood is off: by validation/references/wineLaplace.R, clmm's is 3.5e-6 above what Laplace's approximation has at its estimates. */
const corrected: Numbers = { wine_logit_agq1: -81.5654127765 };

/** The estimates of clmm, glmmTMB or multinom with their standard errors, in the order of our parameters of the same kind. */
function numbersOf({ beta, se, threshold, zi = {}, zise = {} }: Reference) {
  const flat = (record: Readonly<Record<string, number | Numbers>>) =>
    Object.values(record).flatMap((value) => (typeof value === "number" ? [value] : Object.values(value)));
  const errors = flat(se);
  // clmm lists its thresholds before the coefficients.
  const first = Object.keys(threshold ?? {}).length;
  return {
    coefficients: [...flat(beta), ...Object.values(zi)],
    errors: [...errors.slice(first), ...Object.values(zise)],
    thresholds: Object.values(threshold ?? {}),
    thresholdErrors: errors.slice(0, first),
  };
}

describe("maximum likelihood of ordered and unordered categories and of counts with more zeros", () => {
  it.each([
    ["wine_logit_agq1", { points: 1 }],
    ["wine_probit_agq1", { points: 1 }],
    ["wine_logit_agq10", { points: 10 }],
    ["wine_probit_agq10", { points: 10 }],
    ["wine_cloglog_agq10", { points: 10 }],
    ["wine_probit_crossed_laplace", {}],
    ["verbresp_multinom", {}],
    ["biochemists_zip", {}],
    ["biochemists_zinb", {}],
    ["biochemists_hurdle", {}],
    ["grouseticks_zip", { points: 1 }],
  ])("%s has the other program's estimates", async (name, options) => {
    const { data, model, logLik, ...rest } = references[name];
    const { ml } = await fit(model.join("\n"), await readTable(dataFile(data)), { engine: "ml", ...options });
    expect((ml.logLikelihood ?? NaN) - (corrected[name] ?? logLik)).toBeGreaterThan(-1e-6);
    const theirs = numbersOf({ data, model, logLik, ...rest });
    const of = (pattern: RegExp) => ml.parameters.filter((row) => pattern.test(row.name));
    const compare = (rows: typeof ml.parameters, values: readonly number[], errors: readonly number[]) => {
      expect(rows).toHaveLength(values.length);
      rows.forEach((row, k) => {
        expect(Math.abs(row.estimate - values[k]) / errors[k], row.name).toBeLessThan(0.01);
        expect(Math.abs((row.standardError ?? NaN) / errors[k] - 1), `se of ${row.name}`).toBeLessThan(0.02);
      });
    };
    compare(of(/beta\[/), theirs.coefficients, theirs.errors);
    compare(of(/^threshold/), theirs.thresholds, theirs.thresholdErrors);
  });
});
