import { describe, expect, it } from "vitest";
import { fit, ModelError, varyPriors } from "../../src/index.js";
import { layoutOf } from "../../src/report/layout.js";
import { variationSections } from "../../src/report/variationSections.js";
import { combinations, parseVariation } from "../../src/sensitivity/variations.js";

const rows = 60;
const g = Array.from({ length: rows }, (_, i) => `g${i % 12}`);
const x = Array.from({ length: rows }, (_, i) => ((7 * i) % 11) / 5 - 1);
const y = x.map((value, i) => Math.max(0, Math.round(2 + 2 * value + ((5 * (i % 12)) % 7) - 2 + ((3 * i) % 4))));
const data = { g, x, y };
const head = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n";
const engines = ["nuts", "laplace", "inla"] as const;

describe("a variation as text", () => {
  it("has a target and its priors, with grids of numbers", () => {
    const distributionsOf = (text: string) => {
      const { target, statements } = parseVariation(text);
      return statements.map(({ name }) => name.replace(`${target} ~ `, ""));
    };
    expect(distributionsOf("sd ~ half_normal(1) | half_cauchy(2.5)|exponential( 1 )")).toEqual([
      ...["half_normal(1)", "half_cauchy(2.5)", "exponential(1)"],
    ]);
    expect(parseVariation("sd[g,x] ~ normal(0, 0.5:2:4)").target).toBe("sd[g, x]");
    expect(distributionsOf("sd[g,x] ~ normal(0, 0.5:2:4)")).toEqual([
      ...["normal(0, 0.5)", "normal(0, 1)", "normal(0, 1.5)", "normal(0, 2)"],
    ]);
    expect(distributionsOf("beta ~ student_t({3, 7}, 0, {1,2.5})")).toEqual([
      ...["student_t(3, 0, 1)", "student_t(3, 0, 2.5)", "student_t(7, 0, 1)", "student_t(7, 0, 2.5)"],
    ]);
    expect(distributionsOf("beta ~ normal(-1:1:3, 1) | flat()")).toEqual([
      ...["normal(-1, 1)", "normal(0, 1)", "normal(1, 1)", "flat()"],
    ]);
  });

  it("is combined with others in all ways", () => {
    const variations = ["sd ~ exponential(1) | exponential(2)", "beta ~ normal(0, {1, 2})"].map(parseVariation);
    expect(combinations(variations).map((statements) => statements.map(({ name }) => name))).toEqual([
      ["sd ~ exponential(1)", "beta ~ normal(0, 1)"],
      ["sd ~ exponential(1)", "beta ~ normal(0, 2)"],
      ["sd ~ exponential(2)", "beta ~ normal(0, 1)"],
      ["sd ~ exponential(2)", "beta ~ normal(0, 2)"],
    ]);
  });

  const hint = 'as in "sd ~ half_normal(1) | exponential(1)"';
  it.each([
    ["sd half_normal(1)", 'cannot read the variation "sd half_normal(1)"', hint],
    ["sd ~ half_normal", 'cannot read "half_normal" of the variation "sd ~ half_normal"', hint],
    ["sd ~ exponential(1) |", 'cannot read the variation "sd ~ exponential(1) |"', hint],
    ["sd ~ exponential(1:2)", 'cannot read the grid "1:2" in "sd ~ exponential(1:2)"', "write from:to:count"],
    ["sd ~ exponential(1:2:1)", 'cannot read the grid "1:2:1"', "ten numbers from 0.5 to 5"],
    ["sd ~ exponential(1:2:1000000)", 'cannot read the grid "1:2:1000000"', "write from:to:count"],
    ["beta ~ student_t(1:2:200, 0, 1:2:200)", "40000 combinations of priors", "at most 10000"],
  ])("is refused: %s", (text, message, way) => {
    const error = expect.objectContaining({ name: "SensitivityError", code: "bad-variation" });
    expect(() => parseVariation(text)).toThrow(error);
    expect(() => parseVariation(text)).toThrow(message);
    expect(() => parseVariation(text)).toThrow(way);
  });
});

describe("a variation that the model cannot take", async () => {
  const fitted = await fit(head, data, { engine: "laplace" });

  // Each with what is said of it, and the typed part that is underlined.
  it.each([
    ["beta[z] ~ normal(0, 1)", "a prior on beta[z], which is not in the model", "beta[z]"],
    ["sd[ g,z ] ~ exponential(1)", "a prior on sd[g, z], which is not in the model", "sd[ g,z ]"],
    ["sd  ~ half_normall( 1 )", 'unknown distribution "half_normall"', "half_normall"],
    ["sd~exponential(2)|half_normal(-1)", "scale of half_normal must be positive", "-1"],
    ["beta ~ flat() | normal(0, 0:2:3)", "sd of normal must be positive, in beta ~ normal(0, 0)", "0:2:3"],
    ["beta ~ normal({0, q}, 1)", "the arguments of normal are numbers, in beta ~ normal(q, 1)", "{0, q}"],
    ["beta ~ normal(0, x)", "the arguments of normal are numbers", "x"],
    ["sd ~ exponential(1, 2)", "exponential takes 1 number, not 2", "exponential"],
    ["beta ~\n normal(0,\n-1)", "sd of normal must be positive", "-1"],
  ])("is told as it was typed: %s", async (text, message, underlined) => {
    const good = "intercept ~ normal(0, {1, 2})";
    for (const [variations, before] of [[[text], ""] as const, [[good, text], `${good}\n`] as const]) {
      const error = await varyPriors(fitted, variations).catch((thrown: unknown) => thrown);
      if (!(error instanceof ModelError)) throw error;
      const [{ message: told, span }] = error.problems;
      expect(told).toBe(message);
      // A statement that cannot be read is told of by itself.
      expect([text, before + text]).toContain(error.source.text);
      expect(error.source.text.slice(span?.start, span?.end)).toBe(underlined);
      const lineStart = text.lastIndexOf("\n", text.lastIndexOf(underlined)) + 1;
      expect(error.message).toContain(`variation:1:${text.lastIndexOf(underlined) - lineStart + 1}: ${message}`);
    }
  });
});

describe("varied priors", async () => {
  const stated = `${head}prior beta ~ normal(0, 1)\nprior sd ~ exponential(1)`;
  const fits = await Promise.all(engines.map(async (engine) => fit(stated, data, { engine })));
  const variations = ["sd ~ half_normal(0.5) | half_cauchy(2.5)", "beta ~ normal({0, 0.5}, 0.4)"];

  it.each(fits.map((fitted) => [fitted.engine, fitted] as const))(
    "have the posteriors of refits where weights can be relied on: %s",
    async (engine, fitted) => {
      const weighted = await varyPriors(fitted, variations);
      const anew = await varyPriors(fitted, variations, { refit: true });
      expect(weighted.quantities).toEqual(["beta[Intercept]", "beta[x]", "sd[g, Intercept]"]);
      expect(weighted.variants.map(({ priors, method }) => [...priors, method])).toEqual([
        ["sd ~ half_normal(0.5)", "beta ~ normal(0, 0.4)", "weights"],
        ["sd ~ half_normal(0.5)", "beta ~ normal(0.5, 0.4)", "weights"],
        ["sd ~ half_cauchy(2.5)", "beta ~ normal(0, 0.4)", "weights"],
        ["sd ~ half_cauchy(2.5)", "beta ~ normal(0.5, 0.4)", "weights"],
      ]);
      weighted.variants.forEach((variant, k) => {
        const other = anew.variants[k];
        expect(other.method).toBe("refit");
        weighted.quantities.forEach((name, q) => {
          const tolerance = (engine === "nuts" ? 0.1 : 0.07) * weighted.base.sd[q];
          const told = `${engine} ${name} ${variant.priors.join()}`;
          expect(Math.abs(variant.mean[q] - other.mean[q]), told).toBeLessThan(tolerance);
          expect(Math.abs(variant.sd[q] - other.sd[q]), told).toBeLessThan(tolerance);
          for (const field of ["median", "lower", "upper"] as const)
            expect(Math.abs(variant[field][q] - other[field][q]), `${told} ${field}`).toBeLessThan(3 * tolerance);
        });
      });
      const { largestChange, variants } = weighted;
      const changes = variants.flatMap(({ change }) => [...change].map(Math.abs));
      expect(Math.abs(largestChange?.change ?? 0)).toBe(Math.max(...changes));
    },
  );

  it("are those of the fit itself where they are its own", async () => {
    for (const fitted of fits) {
      const { base, variants, largestChange } = await varyPriors(fitted, ["sd ~ exponential(1)"]);
      expect(variants[0]).toMatchObject({ method: "weights", paretoK: 0 });
      base.mean.forEach((mean, q) => {
        expect(variants[0].mean[q]).toBeCloseTo(mean, 10);
      });
      expect(largestChange?.change).toBeCloseTo(0, 10);
    }
  });

  it("are fitted anew where the weights are too uneven, or the draws do not reach all that the priors allow", async () => {
    const narrow = await fit(`${head}prior beta ~ normal(0, 0.02)\nprior sd ~ uniform(0, 0.5)`, data, {
      engine: "inla",
    });
    const far = await varyPriors(narrow, ["beta ~ normal(0, 5)"]);
    expect(far.variants[0]).toMatchObject({ method: "refit" });
    expect(far.variants[0].paretoK).toBeGreaterThan(far.largestReliableK);
    const own = await fit(`${head}prior beta ~ normal(0, 5)\nprior sd ~ uniform(0, 0.5)`, data, { engine: "inla" });
    const q = far.quantities.indexOf("beta[x]");
    expect(far.variants[0].mean[q]).toBeCloseTo(own.summary().parameters[q].mean, 3);
    const wider = await varyPriors(narrow, ["sd ~ uniform(0, 5)", "beta ~ normal(0, 0.03)"]);
    expect(wider.variants[0]).toMatchObject({ method: "refit", paretoK: Number.POSITIVE_INFINITY });
    const within = await varyPriors(narrow, ["sd ~ uniform(0, 0.45)"]);
    expect(within.variants[0]).toMatchObject({ method: "weights" });
  });

  it("compare priors on an sd, its variance and its precision", async () => {
    const text = (prior: string) => `${head}prior beta ~ normal(0, 1)\nprior ${prior}`;
    const fitted = await fit(text("sd ~ exponential(1)"), data, { engine: "inla" });
    const { variants, quantities } = await varyPriors(fitted, ["var[g] ~ gamma(2, 3)"]);
    expect(variants[0].method).toBe("weights");
    const both = await fit(`${text("var[g] ~ gamma(2, 3)")}`, data, { engine: "inla" });
    quantities.forEach((_, q) => {
      const row = both.summary().parameters[q];
      expect(Math.abs(variants[0].mean[q] - row.mean)).toBeLessThan(0.1 * row.sd);
    });
  });

  it("are told of other quantities", async () => {
    const [byNuts] = fits;
    const { quantities, variants } = await varyPriors(byNuts, ["beta ~ normal(0, 0.3)"], {
      quantities: ["b[g, g3, Intercept]"],
    });
    expect(quantities.at(-1)).toBe("b[g, g3, Intercept]");
    expect(variants[0].mean).toHaveLength(4);
  });

  it("are refused where the model cannot take them", async () => {
    const [, byLaplace] = fits;
    await expect(varyPriors(byLaplace, ["sd ~ halfnormal(1)"])).rejects.toThrow(
      'unknown distribution "halfnormal"\n  sd ~ halfnormal(1)\n       ^^^^^^^^^^\n  did you mean "half_normal"?',
    );
    await expect(varyPriors(byLaplace, ["sd[h] ~ exponential(1)"])).rejects.toThrow(
      "a prior on sd[h], which is not in the model",
    );
    await expect(varyPriors(byLaplace, ["sd ~ exponential(-1)"])).rejects.toThrow(
      "rate of exponential must be positive",
    );
    await expect(varyPriors(byLaplace, ["sd ~ exponential(a)"])).rejects.toThrow(
      "the arguments of exponential are numbers",
    );
    await expect(varyPriors(byLaplace, ["sd ~ constant(1)"])).rejects.toMatchObject({
      code: "bad-variation",
      message: expect.stringContaining("sd ~ constant(1) holds a parameter at a number, which makes another model"),
    });
    await expect(varyPriors(byLaplace, ["sd ~ exponential(1)", "sd ~ exponential(2)"])).rejects.toThrow(
      "sd is varied twice",
    );
    const specific = await fit(`${head}prior sd[g] ~ exponential(1)`, data, { engine: "laplace" });
    await expect(varyPriors(specific, ["sd ~ exponential(2)"])).rejects.toThrow(
      "the prior of sd changes nothing: all that it is on have more specific statements\n  vary these: sd[g]",
    );
    const byMl = await fit(head, data, { engine: "ml" });
    await expect(varyPriors(byMl, ["sd ~ exponential(1)"])).rejects.toMatchObject({ code: "no-priors" });
    const wrong: object = { level: 2, refits: true };
    await expect(varyPriors(byLaplace, ["sd ~ exponential(1)"], wrong)).rejects.toThrow(
      'level is 2; allowed: a number between 0 and 1\nunknown option "refits"; did you mean "refit"?',
    );
  });

  it("tell of a new fit that fails, and of the others", async () => {
    const [, byLaplace] = fits;
    const { variants, warnings, largestChange } = await varyPriors(byLaplace, ["beta ~ normal({0, 1e200}, 0.3)"]);
    expect(variants.map(({ method, failure }) => [method, failure === null])).toEqual([
      ["weights", true],
      ["refit", false],
    ]);
    expect(Array.from(variants[1].mean)).toEqual([NaN, NaN, NaN]);
    expect(variants[0].mean.every(Number.isFinite)).toBe(true);
    expect(largestChange?.priors).toEqual(["beta ~ normal(0, 0.3)"]);
    expect(warnings[0]).toMatchObject({
      code: "failed-refit",
      message: expect.stringMatching(
        /^the new fit under beta ~ normal\(1e200, 0\.3\) failed: the mode of the posterior/,
      ),
    });
    const text = variationSections(
      { ...(await varyPriors(byLaplace, [])), variants, largestChange },
      ["beta[x]"],
      layoutOf({}),
    )
      .flat()
      .join("\n");
    expect(text).toMatch(/^beta ~ normal\(1e200, 0\.3\) +- +failed/m);
    expect(text).toMatch(/^beta ~ normal\(1e200, 0\.3\) +- +- +- +- +-$/m);
  });

  it("end where they are aborted, and tell of new fits", async () => {
    const [, , byInla] = fits;
    const controller = new AbortController();
    const told: string[] = [];
    const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number | null }) => {
      told.push(`${stage} ${done} of ${total}`);
      if (done === 1) controller.abort(new Error("enough"));
    };
    const options = { refit: true, signal: controller.signal, onProgress };
    await expect(varyPriors(byInla, ["sd ~ exponential(1:3:3)"], options)).rejects.toThrow("enough");
    expect(told).toEqual(["fitting anew 0 of 3", "fitting anew 1 of 3"]);
  });
});
