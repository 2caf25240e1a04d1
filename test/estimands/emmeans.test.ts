import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ContrastsOptions,
  contrasts,
  type FitOptionsOf,
  fit,
  type MeansOptions,
  type MlFit,
  means,
  slopes,
  testHypotheses,
} from "../../src/index.js";

// Fits and what emmeans makes of them, with the script beside them.

interface Fixture {
  readonly data: Readonly<Record<string, Readonly<Record<string, readonly (number | string)[]>>>>;
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly model: string;
  readonly options: FitOptionsOf<"ml">;
  readonly data: string;
  readonly queries: readonly Query[];
}

interface Query {
  readonly kind: "means" | "contrasts" | "slopes" | "joint";
  readonly options: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
}

const file = resolve(import.meta.dirname, "../../validation/fixtures/estimands/emmeans.fixture.json");
const { data, cases }: Fixture = JSON.parse(readFileSync(file, "utf8"));

/** A single value stands for a list of one in the fixture. */
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const namesOf = (value: unknown) => listOf(value ?? []).filter((name): name is string => typeof name === "string");

const columnOf = (result: Query["result"], ...names: readonly string[]) =>
  listOf(names.map((name) => result[name]).find((values) => values !== undefined)).map((value) =>
    value === null || value === undefined ? Number.NaN : Number(value),
  );

function expectClose(found: number, expected: number, scale: number, what: string) {
  if (Number.isNaN(expected)) expect(found, what).toBeNaN();
  else expect(Math.abs(found - expected) / scale, `${what}: ${found} for ${expected}`).toBeLessThan(1e-4);
}

describe.each(cases)("$name", ({ name, model, options, data: table, queries }) => {
  let fitted: MlFit;
  beforeAll(async () => {
    fitted = await fit(model, data[table], { ...options, engine: "ml" });
  });

  it.each(queries.filter(({ kind }) => kind === "means"))(
    "has the means of emmeans: $options",
    async ({ options, result }) => {
      const asked: MeansOptions = { ...options, of: namesOf(options.of), by: namesOf(options.by) };
      const { rows, of, by } = await means(fitted, asked);
      const keys = [...of, ...by];
      const key = (levels: readonly unknown[]) => levels.map(String).join("|");
      const places = new Map(
        listOf(result.SE).map((_, i) => [key(keys.map((variable) => listOf(result[variable])[i])), i]),
      );
      expect(rows).toHaveLength(places.size);
      for (const { levels, estimate, sd, lower, upper, degreesOfFreedom } of rows) {
        const i = places.get(key(keys.map((variable) => levels[variable]))) ?? -1;
        const column = (...names: readonly string[]) => columnOf(result, ...names)[i];
        const se = column("SE");
        const scale = Number.isNaN(se) ? 1 : se;
        expectClose(estimate, column("emmean", "prob", "rate", "response"), scale, "estimate");
        expectClose(sd, se, scale, "standard error");
        // glmmTMB has t with the residual degrees of freedom, which fits of ours take for infinite.
        if (name === "negative binomial" || Number.isNaN(se)) continue;
        expectClose(lower, column("lower.CL", "asymp.LCL"), scale, "lower");
        expectClose(upper, column("upper.CL", "asymp.UCL"), scale, "upper");
        const df = column("df");
        if (!Number.isNaN(df)) expectClose(degreesOfFreedom ?? Number.NaN, df, df, "degrees of freedom");
      }
    },
  );

  const ofContrasts = queries.filter(({ kind }) => kind === "contrasts");
  it.skipIf(ofContrasts.length === 0).each(ofContrasts)(
    "has the contrasts of emmeans: $options",
    async ({ options, result }) => {
      const asked: ContrastsOptions = {
        ...options,
        of: namesOf(options.of),
        by: namesOf(options.by),
        contrast: namesOf(options.contrast),
      };
      const { rows } = await contrasts(fitted, asked);
      expect(rows).toHaveLength(listOf(result.SE).length);
      rows.forEach((row, i) => {
        const column = (...names: readonly string[]) => columnOf(result, ...names)[i];
        const se = column("SE");
        const scale = Number.isNaN(se) ? 1 : se;
        const what = `${row.contrast} ${JSON.stringify(row.levels)}`;
        if (options.interaction === undefined) expect(row.contrast).toBe(listOf(result.contrast)[i]);
        expectClose(row.estimate, column("estimate", "odds.ratio", "ratio"), scale, `estimate of ${what}`);
        expectClose(row.sd, se, scale, `standard error of ${what}`);
        if (Number.isNaN(se)) return;
        // Both simulate: 100000 draws tell the 0.95 quantile to 0.006.
        const isSimulated = options.adjust === "tukey";
        const [tolerance, tail] = isSimulated ? [150, 30] : [1, 1];
        expectClose(row.lower, column("lower.CL", "asymp.LCL"), tolerance * scale, `lower of ${what}`);
        expectClose(row.upper, column("upper.CL", "asymp.UCL"), tolerance * scale, `upper of ${what}`);
        expectClose(row.statistic ?? Number.NaN, column("t.ratio", "z.ratio"), 1, `statistic of ${what}`);
        expectClose(row.pValue ?? Number.NaN, column("p.value"), tail, `p value of ${what}`);
        const df = column("df");
        if (!Number.isNaN(df)) expectClose(row.degreesOfFreedom ?? Number.NaN, df, df, `degrees of freedom of ${what}`);
      });
    },
  );

  const ofSlopes = queries.filter(({ kind }) => kind === "slopes");
  it.skipIf(ofSlopes.length === 0).each(ofSlopes)(
    "has the slopes of emmeans: $options",
    async ({ options, result }) => {
      const { rows } = await slopes(fitted, { ...options, of: namesOf(options.of), by: namesOf(options.by) });
      expect(rows).toHaveLength(listOf(result.SE).length);
      rows.forEach((row, i) => {
        const column = (...names: readonly string[]) => columnOf(result, ...names)[i];
        const se = column("SE");
        const scale = se;
        expectClose(row.estimate, column(`${namesOf(options.of)[0]}.trend`), scale, `estimate ${i}`);
        expectClose(row.sd, se, scale, `standard error ${i}`);
        expectClose(row.lower, column("lower.CL", "asymp.LCL"), 3 * scale, `lower ${i}`);
        const df = column("df");
        if (!Number.isNaN(df) && df !== Infinity)
          expectClose(row.degreesOfFreedom ?? Number.NaN, df, df, `degrees of freedom ${i}`);
      });
    },
  );

  const joint = queries.filter(({ kind }) => kind === "joint");
  it.skipIf(joint.length === 0).each(joint)("has the joint tests of emmeans: $options", async ({ options, result }) => {
    // The means of a factor of main effects alone are equal where its coefficients are zero.
    const [of] = namesOf(options.of);
    if (namesOf(options.of).length > 1 || model.includes(`${of} *`)) return;
    const own = fitted.ml.parameters.filter(
      ({ name: each }) =>
        each.startsWith(`beta[${of}.`) || each.startsWith(`beta[factor(${of}).`) || each === `beta[${of}]`,
    );
    const texts = own.map(({ name: each }) => `${each} = 0`);
    const { rows, joint: together } = await testHypotheses(fitted, texts, { joint: texts.length > 1 });
    const [F, below] = [columnOf(result, "F.ratio")[0], columnOf(result, "df2")[0]];
    const statistic = together === null ? (rows[0].statistic ?? Number.NaN) ** 2 : (together.statistic ?? Number.NaN);
    const numerator = together?.test === "chi-square" ? (together.degreesOfFreedom ?? 1) : 1;
    // The F of emmeans has three decimals.
    expect(Math.abs(statistic / numerator - F)).toBeLessThan(6e-4);
    // Of several equations emmeans has degrees of freedom of its own; ours are lmerTest's, which lmmLmerTest.test.ts has.
    if (together?.test === "F") return;
    if (!Number.isNaN(below)) expect(Math.abs((rows[0].degreesOfFreedom ?? Number.NaN) - below)).toBeLessThan(0.006);
    expectClose(
      together === null ? (rows[0].pValue ?? Number.NaN) : (together.pValue ?? Number.NaN),
      columnOf(result, "p.value")[0],
      1,
      "p value",
    );
  });
});
