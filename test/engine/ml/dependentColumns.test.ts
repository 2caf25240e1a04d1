import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fit } from "../../../src/fit/fit.js";

interface Fixture {
  readonly fits: readonly {
    readonly formula: string;
    readonly data: Readonly<Record<string, readonly (number | string)[]>>;
    readonly columns: readonly string[];
    readonly restrictedLogLikelihood: number;
    readonly tests: readonly {
      readonly term: string;
      readonly df: number;
      readonly residualDf: number | "NA";
      readonly F: number | "NA";
    }[];
  }[];
}

const file = new URL("../../../validation/fixtures/lmm/dependentColumns.fixture.json", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, "utf8"));
const nameInR = (name: string) =>
  name === "Intercept" ? "(Intercept)" : name.replaceAll(/\b([a-g])\.([a-g]\d)/g, "$1$2");

describe("linear mixed models of deficient rank, as lmerTest fits them", () => {
  it.each(fixture.fits)("$formula", async ({ formula, data, columns, restrictedLogLikelihood, tests }) => {
    const model = `y ~ normal(mu, sigma)\nmu = ${formula} + (1 | r)`;
    const { ml, design } = await fit(model, data, { engine: "ml", reml: true });
    expect(design.predictors[0].columns.map(nameInR)).toEqual([...columns]);
    expect(ml.logLikelihood).toBeCloseTo(restrictedLogLikelihood, 5);
    // A term without a column left has no test.
    const tested = tests.filter(({ F }) => F !== "NA");
    expect(ml.terms?.map(({ name }) => name)).toEqual(tested.map(({ term }) => term));
    tested.forEach(({ df, residualDf, F }, t) => {
      const found = ml.terms?.[t];
      expect(found?.degreesOfFreedom).toBe(df);
      expect((found?.statistic ?? Number.NaN) / Number(F)).toBeCloseTo(1, 4);
      expect((found?.denominatorDegreesOfFreedom ?? Number.NaN) / Number(residualDf)).toBeCloseTo(1, 3);
    });
  });
});
