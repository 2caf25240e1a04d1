import { describe, expect, it } from "vitest";
import { EngineError } from "../../../src/engine/EngineError.js";
import type { Estimates, ParameterEstimate } from "../../../src/engine/ml/Estimates.js";
import { inferred, informationCriteria } from "../../../src/engine/ml/inference.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import type { MlOptions } from "../../../src/engine/ml/options.js";
import { runSync } from "../../../src/math/steps.js";
import { randomTable, uniforms } from "../../density/models.js";
import { groupedTable } from "../../marginal/designs.js";
import { viewOf, viewOnData } from "./models.js";

const table = randomTable(21, 60);

function named(result: Estimates, name: string): ParameterEstimate {
  const found = result.parameters.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const codes = ({ notes }: Estimates) => notes.map(({ code }) => code);

function refusal(text: string, options: Partial<MlOptions>): string {
  try {
    runSync(maximumLikelihood(viewOf(text, table), options));
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
  return "no refusal";
}

describe("a model without random effects", () => {
  it("has the closed form of one proportion", () => {
    const y = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1];
    const result = runSync(maximumLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1", { y }), {}));
    const { estimate, standardError, lower, upper } = named(result, "beta[Intercept]");
    expect(estimate).toBeCloseTo(Math.log(0.7 / 0.3), 7);
    expect(standardError).toBeCloseTo(1 / Math.sqrt(10 * 0.7 * 0.3), 6);
    expect(upper - estimate).toBeCloseTo(1.959963984540054 * standardError, 9);
    expect(estimate - lower).toBeCloseTo(1.959963984540054 * standardError, 9);
    expect(result.logLikelihood).toBeCloseTo(7 * Math.log(0.7) + 3 * Math.log(0.3), 9);
    expect(result).toMatchObject({ method: "laplace", points: null, parameterCount: 1 });
    expect(codes(result)).toEqual(["exact"]);
    expect(informationCriteria(result, 10)?.aic).toBeCloseTo(2 - 2 * (result.logLikelihood ?? NaN), 12);
    expect(informationCriteria(result, 10)?.bic).toBeCloseTo(Math.log(10) - 2 * (result.logLikelihood ?? NaN), 12);
  });

  it("reports the raw intercept with its own standard error, whichever was centred", () => {
    const text = "events ~ poisson(mu)\nlog(mu) = 1 + x2 + f";
    const [centred, raw] = [text, `${text}\nprior beta[Intercept] ~ normal(0, 5)`].map((model) =>
      runSync(maximumLikelihood(viewOf(model, table))),
    );
    centred.parameters.forEach(({ name, estimate, standardError }, k) => {
      expect(name).toBe(raw.parameters[k].name);
      expect(estimate).toBeCloseTo(raw.parameters[k].estimate, 5);
      expect(standardError).toBeCloseTo(raw.parameters[k].standardError, 5);
    });
  });
});

describe("intervals", () => {
  const z = 1.959963984540054;

  it("are on the log scale for an sd and a dispersion", () => {
    for (const kind of ["sd", "dispersion"] as const) {
      const { lower, upper } = inferred(kind, { name: "a", estimate: 2, standardError: 0.5 });
      expect(lower).toBeCloseTo(2 * Math.exp((-z * 0.5) / 2), 12);
      expect(upper).toBeCloseTo(2 * Math.exp((z * 0.5) / 2), 12);
    }
  });

  it("are on Fisher's z for a correlation", () => {
    const { lower, upper } = inferred("correlation", { name: "a", estimate: 0.6, standardError: 0.2 });
    expect(lower).toBeCloseTo(Math.tanh(Math.atanh(0.6) - (z * 0.2) / 0.64), 12);
    expect(upper).toBeCloseTo(Math.tanh(Math.atanh(0.6) + (z * 0.2) / 0.64), 12);
  });

  it("are none where there is no standard error", () => {
    expect(inferred("sd", { name: "a", estimate: 0, standardError: NaN })).toEqual({
      name: "a",
      estimate: 0,
      standardError: NaN,
      lower: NaN,
      upper: NaN,
    });
  });
});

describe("the method", () => {
  it("is lmm for a normal response, with the likelihood that quadrature has too", () => {
    const view = viewOf("y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 + x2 | g)", table);
    const [chosen, byQuadrature] = [
      runSync(maximumLikelihood(view)),
      runSync(maximumLikelihood(view, { method: "aghq", points: 1 })),
    ];
    expect(chosen.method).toBe("lmm");
    expect(byQuadrature.logLikelihood).toBeCloseTo(chosen.logLikelihood ?? NaN, 6);
  });

  it("is aghq for one factor, its points raised until nothing moves, and the path told", () => {
    const result = runSync(
      maximumLikelihood(viewOf("events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | h) + offset(x2)", table)),
    );
    expect(result.method).toBe("aghq");
    const path = result.notes.find(({ code }) => code === "points")?.message ?? "";
    const values = [...path.matchAll(/(\d+): (-\d+\.\d+)/g)].map(([, points, value]) => [
      Number(points),
      Number(value),
    ]);
    expect(values.map(([points]) => points)).toEqual([1, 3, 5, 9, 15, 25, 41].slice(0, values.length));
    expect(result.points).toBe(values[values.length - 1][0]);
    const [before, middle, last] = values.slice(-3).map(([, value]) => value);
    expect(Math.abs(last - middle)).toBeLessThan(2e-6);
    expect(Math.abs(middle - before)).toBeLessThan(2e-6);
  });

  it("is aghq for a chain of three nested factors, Laplace's approximation at one point", () => {
    const text = "binary ~ bernoulli(p)\nlogit(p) = 1 + x1 + (1 | m) + (1 | g) + (1 | k)";
    const view = viewOf(text, groupedTable(5, 160));
    const raised = runSync(maximumLikelihood(view));
    expect(raised).toMatchObject({ method: "aghq", convergence: { converged: true } });
    const [one, laplace] = [
      runSync(maximumLikelihood(view, { points: 1 })),
      runSync(maximumLikelihood(view, { method: "laplace" })),
    ];
    expect(one.logLikelihood).toBeCloseTo(laplace.logLikelihood ?? NaN, 9);
    expect(raised.logLikelihood).not.toBeCloseTo(laplace.logLikelihood ?? NaN, 3);
  });

  it("is laplace where factors cross, with the reason", () => {
    const result = runSync(maximumLikelihood(viewOf("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)", table)));
    expect(result).toMatchObject({ method: "laplace", points: null });
    expect(result.notes[0]).toMatchObject({ code: "laplace" });
    expect(result.notes[0].message).toContain("g, h cross");
  });

  it("with one point is Laplace's approximation, which has no means", () => {
    const view = viewOf("events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x1 + (1 | g) + offset(x2)", table);
    const [one, laplace] = [
      runSync(maximumLikelihood(view, { points: 1 })),
      runSync(maximumLikelihood(view, { method: "laplace" })),
    ];
    expect(one.logLikelihood).toBeCloseTo(laplace.logLikelihood ?? NaN, 7);
    expect(one.effects?.means).toBeNull();
    expect(runSync(maximumLikelihood(view, { points: 3 })).effects?.means).not.toBeNull();
  });

  it.each(["auto", "aghq"] as const)(
    "with one point is Laplace's approximation where factors cross, method %s",
    (method) => {
      const view = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)", table);
      const one = runSync(maximumLikelihood(view, { method, points: 1 }));
      expect(one.method).toBe("laplace");
      expect(one.logLikelihood).toBe(runSync(maximumLikelihood(view, { method: "laplace" })).logLikelihood);
    },
  );

  it("is refused where it cannot serve, with the way out", () => {
    const crossed = refusal("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)", { method: "aghq" });
    expect(crossed).toMatch(/^the grouping factors g, h cross: .*; take the method "laplace"$/);
    expect(refusal("events ~ poisson(mu)\nlog(mu) = 1 + x1", { method: "aghq" })).toMatch(
      /^the model has no random effects/,
    );
    expect(refusal("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", { reml: true })).toMatch(/^a restricted likelihood/);
    expect(refusal("y ~ normal(mu, sigma)\nmu = 1 + (1 | g)", { points: 5 })).toMatch(
      /^5 points, but .* exact without quadrature/,
    );
    expect(refusal("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)", { points: 5 })).toMatch(
      /^5 points, but .* cross/,
    );
    expect(refusal("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", { method: "lmm" })).not.toBe("no refusal");
    expect(refusal("y ~ normal(mu, sigma)\nmu = 1 + (1 | g)", { method: "pql" })).not.toBe("no refusal");
  });
});

describe("points raised one after the other", () => {
  it("end where the last of them gets from the start, though Laplace is far off", () => {
    // Pairs of binary responses, most of them 00: the skewest of integrands.
    const pairs = [...Array<string>(70).fill("00"), ...Array<string>(6).fill("11"), ...Array<string>(18).fill("01")];
    const data = { y: pairs.flatMap((pair) => [...pair].map(Number)), g: pairs.flatMap((_, g) => [g, g]) };
    const view = viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)", data);
    const [raised, laplace] = [runSync(maximumLikelihood(view)), runSync(maximumLikelihood(view, { points: 1 }))];
    const direct = runSync(maximumLikelihood(view, { points: raised.points ?? NaN }));
    expect(named(laplace, "sd[g, Intercept]").estimate).toBeGreaterThan(3 * named(direct, "sd[g, Intercept]").estimate);
    expect(raised.logLikelihood).toBeCloseTo(direct.logLikelihood ?? NaN, 7);
    raised.parameters.forEach(({ estimate, standardError }, k) => {
      expect(estimate).toBeCloseTo(direct.parameters[k].estimate, 3);
      expect(standardError).toBeCloseTo(direct.parameters[k].standardError, 3);
    });
  });
});

describe("points raised on data that need nearly all there are", () => {
  it("still come to an end", async () => {
    const view = await viewOnData("outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)", "toenail");
    const { logLikelihood, points, notes } = runSync(maximumLikelihood(view));
    expect(points).toBeGreaterThan(81);
    expect(notes.map(({ code, advice }) => [code, advice])).toEqual([["points", ""]]);
    expect(notes[0].message).not.toContain("still moved");
    expect(logLikelihood).toBeCloseTo(runSync(maximumLikelihood(view, { points: 95 })).logLikelihood ?? NaN, 5);
  });
});

describe("points that run out", () => {
  const text = "events ~ poisson(mu)\nlog(mu) = 1 + (1 + x1 + x2 + f || h)";

  it("before the likelihood is still are told, with what one more increase would cost", () => {
    const more = text.replace("x2 + f", "x2 + f + e");
    const { notes, points } = runSync(maximumLikelihood(viewOf(more, randomTable(3, 120))));
    expect(notes[0].code).toBe("points-limit");
    const [next, cost] = /(\d+) points would take (\S+) likelihoods/.exec(notes[0].message)?.slice(1).map(Number) ?? [];
    expect(next).toBeGreaterThan(points ?? NaN);
    expect(cost).toBeGreaterThan(1e7);
  });

  it("beyond memory are refused", () => {
    expect(refusal(text, { points: 40 })).toMatch(/more than memory holds; use fewer points, or the method "laplace"$/);
  });

  it("beyond patience are refused", () => {
    expect(refusal(text, { points: 90 })).toMatch(
      /4e\+11 likelihoods of a row at every evaluation; use fewer points, or the method "laplace"$/,
    );
  });
});

describe("a singular fit", () => {
  /** The same counts in every group: nothing varies between them. */
  const alike = {
    y: Array.from({ length: 24 }, (_, i) => [1, 4, 2, 5][i % 4]),
    x: Array.from({ length: 24 }, (_, i) => i % 4),
    g: Array.from({ length: 24 }, (_, i) => Math.floor(i / 4)),
  };

  it("with an sd of zero says so, and has the other standard errors of the model without it", () => {
    const result = runSync(maximumLikelihood(viewOf("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", alike)));
    const without = runSync(maximumLikelihood(viewOf("y ~ poisson(mu)\nlog(mu) = 1 + x", alike)));
    const sd = named(result, "sd[g, Intercept]");
    expect(sd).toEqual({ name: sd.name, estimate: 0, standardError: NaN, lower: NaN, upper: NaN });
    without.parameters.forEach(({ name, estimate, standardError }) => {
      expect(named(result, name).estimate).toBeCloseTo(estimate, 5);
      expect(named(result, name).standardError).toBeCloseTo(standardError, 5);
    });
    expect(result.logLikelihood).toBeCloseTo(without.logLikelihood ?? NaN, 8);
    expect(result.convergence.converged).toBe(true);
    const note = result.notes.find(({ code }) => code === "singular");
    expect(note?.message).toMatch(/^singular fit: sd\[g, Intercept\] = 0\./);
    expect(note?.advice).not.toBe("");
  });

  it("is found though the likelihood is flat to the fourth order near zero", () => {
    const pairs = ["00", "01", "10", "11"].flatMap((pair) => Array<string>(15).fill(pair));
    const data = { y: pairs.flatMap((pair) => [...pair].map(Number)), g: pairs.flatMap((_, g) => [g, g]) };
    for (const points of [1, 5, 25]) {
      const result = runSync(maximumLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)", data), { points }));
      expect(named(result, "sd[g, Intercept]").estimate).toBe(0);
      expect(codes(result)).toContain("singular");
    }
  });

  it("with a correlation of 1 says so, and has standard errors for both sds", () => {
    const next = uniforms(7);
    const groups = 30;
    const effect = Array.from({ length: groups }, () => 1.2 * next());
    const rows = Array.from({ length: groups * 8 }, (_, i) => ({ g: Math.floor(i / 8), x: (i % 8) / 4 - 0.9 }));
    // Intercept and slope of a group are one and the same number.
    const data = {
      g: rows.map(({ g }) => g),
      x: rows.map(({ x }) => x),
      y: rows.map(({ g, x }) => Math.round(Math.exp(1 + effect[g] * (1 + x)) + 0.4 * next())),
    };
    const result = runSync(
      maximumLikelihood(viewOf("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)", data), { points: 1 }),
    );
    expect(named(result, "cor[g, Intercept, x]").estimate).toBeCloseTo(1, 9);
    expect(named(result, "cor[g, Intercept, x]").standardError).toBeNaN();
    expect(named(result, "sd[g, Intercept]").standardError).toBeGreaterThan(0);
    expect(named(result, "sd[g, x]").standardError).toBeGreaterThan(0);
    expect(result.convergence.converged).toBe(true);
    expect(result.notes.find(({ code }) => code === "singular")?.message).toMatch(/cor\[g, Intercept, x\] = 1/);
  });
});

describe("a dispersion without a maximum", () => {
  it("is named, and the rest is the model it leads to", () => {
    const even = { y: Array.from({ length: 40 }, (_, i) => 3 + (i % 2)) };
    const result = runSync(maximumLikelihood(viewOf("y ~ negative_binomial(mu, phi)\nlog(mu) = 1", even)));
    const poisson = runSync(maximumLikelihood(viewOf("y ~ poisson(mu)\nlog(mu) = 1", even)));
    expect(codes(result)).toContain("dispersion-limit");
    expect(named(result, "phi").standardError).toBeNaN();
    expect(named(result, "beta[Intercept]").estimate).toBeCloseTo(poisson.parameters[0].estimate, 5);
    expect(named(result, "beta[Intercept]").standardError).toBeCloseTo(poisson.parameters[0].standardError, 5);
  });
});

describe("a likelihood that is flat", () => {
  it("is said to leave the parameter undetermined", () => {
    const twice = { y: [1, 3, 2, 5, 4, 6], x: [1, 2, 3, 4, 5, 6], z: [2, 4, 6, 8, 10, 12] };
    const result = runSync(maximumLikelihood(viewOf("y ~ poisson(mu)\nlog(mu) = 1 + x + z", twice)));
    expect(codes(result)).toContain("undetermined");
    expect(result.parameters.every(({ standardError }) => Number.isNaN(standardError))).toBe(true);
  });
});

describe("a listener", () => {
  it.each([
    ["aghq", "events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", ["quadrature with 3 points"], { points: 3 }],
    ["laplace", "events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", ["Laplace's approximation"], { method: "laplace" }],
    ["lmm", "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)", ["linear mixed model"], {}],
  ] as const)("is told of every evaluation, the fit being the same: %s", (_, text, stages, options) => {
    const view = viewOf(text, table);
    const heard: { readonly stage: string; readonly evaluations: number; readonly logLikelihood: number }[] = [];
    const result = runSync(maximumLikelihood(view, options, [], (progress) => heard.push(progress)));
    expect(result.logLikelihood).toBeCloseTo(runSync(maximumLikelihood(view, options)).logLikelihood ?? NaN, 9);
    const own = heard.filter(({ stage }) => stage === stages[0]);
    expect(own.map(({ evaluations }) => evaluations)).toEqual(own.map((__, k) => k + 1));
    expect(own.at(-1)?.logLikelihood).toBeCloseTo(result.logLikelihood ?? NaN, 6);
  });
});

describe("points that are dear", () => {
  it("are not raised for what is nothing beside the standard errors", () => {
    const next = uniforms(8);
    const rows = Array.from({ length: 3200 }, (_, i) => ({ a: Math.floor(i / 320), b: Math.floor(i / 16) }));
    const effect = Array.from({ length: 200 }, () => next());
    const y = rows.map(({ a, b }) => (next() < 0.6 * effect[b] + Math.sin(a) / 2 ? 1 : 0));
    const columns = { y, a: rows.map(({ a }) => a), b: rows.map(({ b }) => b) };
    const result = runSync(maximumLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + (1 | a/b)", columns)));
    expect(result.points).toBeLessThan(25);
    const note = result.notes.find(({ code }) => code === "points");
    expect(note?.message).toMatch(
      /; it still moved by \S+ at the last increase, the estimates together by \S+ standard errors, and \d+ points would take/,
    );
    expect(note?.advice).toBe("");
    expect(codes(result)).not.toContain("points-limit");
  });
});
