import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../../src/density/LatentGaussian.js";
import type { Estimates } from "../../../../src/engine/ml/Estimates.js";
import { maximumLikelihood } from "../../../../src/engine/ml/ml.js";
import type { MlOptions } from "../../../../src/engine/ml/options.js";
import { laplaceMarginal } from "../../../../src/marginal/likelihoods/laplace.js";
import { minimize } from "../../../../src/math/optimize/minimize.js";
import { runSync } from "../../../../src/math/steps.js";
import { uniforms } from "../../../density/models.js";
import { viewOf } from "../models.js";

/** qchisq(0.95, 1) / 2 */
const FALL = 1.920729410347062;
/** Of the log-likelihood at an end. */
const tolerance = 1e-4;

const raw = "prior beta[Intercept] ~ normal(0, 5)";

/** Groups whose intercepts and slopes have the sds and the correlation given, with a normal and a count response. */
function groupedTable(
  seed: number,
  groups: number,
  rows: number,
  sds: readonly [number, number],
  cor: number,
  noise = 0.3,
) {
  const next = uniforms(seed);
  const normal = () => Array.from({ length: 6 }, next).reduce((sum, u) => sum + u, 0) / Math.SQRT2;
  const effects = Array.from({ length: groups }, () => {
    const [a, b] = [normal(), normal()];
    return [sds[0] * a, sds[1] * (cor * a + Math.sqrt(1 - cor * cor) * b)];
  });
  const table = Array.from({ length: groups * rows }, (_, i) => {
    const g = Math.floor(i / rows);
    const x = ((i % rows) - (rows - 1) / 2) / rows;
    const eta = 0.8 + 0.5 * x + effects[g][0] + effects[g][1] * x;
    return { g, x, y: eta + 0.7 * normal(), events: Math.floor(Math.exp(eta + noise * normal())) };
  });
  return table;
}

/**
 * The largest log-likelihood with one reported parameter at a value, by brute force: sds, a correlation and a dispersion searched as
 * they are, by differences of the likelihood. For one factor with up to two effects, correlated.
 */
function bestWith(view: LatentGaussian, result: Estimates, k: number, value: number): number {
  const marginal = laplaceMarginal(view);
  const values = view.values();
  const kinds = view.parameterKinds;
  const logLikelihood = (parameters: ArrayLike<number>) => {
    const of = (kind: string) => kinds.flatMap((found, i) => (found === kind ? [parameters[i]] : []));
    const [[s0, s1 = 0], [rho = 0]] = [of("sd"), of("correlation")];
    values.beta.set(of("coefficient"));
    values.Lambda[0].set(
      values.Lambda[0].length === 1 ? [s0] : [s0, 0, rho * s1, Math.sqrt(Math.max(0, 1 - rho * rho)) * s1],
    );
    values.dispersion.set(of("dispersion"));
    return marginal.evaluate(values, null);
  };
  const bounds = kinds.map((kind) =>
    kind === "coefficient" ? [-Infinity, Infinity] : kind === "correlation" ? [-1, 1] : [kind === "sd" ? 0 : 1e-3, 1e3],
  );
  const [lower, upper] = [0, 1].map((side) => bounds.map((pair, i) => (i === k ? value : pair[side])));
  const objective = (position: Float64Array, gradient: Float64Array) => {
    position.forEach((x, i) => {
      const ends = [x - 1e-5, x + 1e-5].map((end) => Math.min(Math.max(end, bounds[i][0]), bounds[i][1]));
      const [below, above] = ends.map((end) => {
        const moved = position.slice();
        moved[i] = end;
        return logLikelihood(moved);
      });
      gradient[i] = i === k ? 0 : -(above - below) / (ends[1] - ends[0]);
    });
    return -logLikelihood(position);
  };
  const start = result.parameters.map(({ estimate }, i) => {
    if (i === k) return value;
    if (kinds[i] === "correlation") return Number.isNaN(estimate) ? 0 : 0.9 * estimate;
    return kinds[i] === "sd" ? Math.max(estimate, 0.05) : estimate;
  });
  return -runSync(minimize(objective, start, { lower, upper, tolerance: 1e-3, valueNoise: 1e-10 })).value;
}

function expectEndsAt(view: LatentGaussian, options: Partial<MlOptions>, allowsNone = false): Estimates {
  const result = runSync(maximumLikelihood(view, { intervals: "profile", ...options }));
  const top = result.logLikelihood ?? NaN;
  result.parameters.forEach(({ name, estimate, lower, upper }, k) => {
    if (allowsNone && Number.isNaN(estimate)) return;
    const [low, high] = { coefficient: [-Infinity, Infinity], correlation: [-1, 1] }[
      view.parameterKinds[k] as string
    ] ?? [0, Infinity];
    for (const end of [lower, upper]) {
      const fall = top - bestWith(view, result, k, end);
      if (end === low || end === high) expect(fall, `${name} at ${end}`).toBeLessThan(FALL + tolerance);
      else expect(Math.abs(fall - FALL), `${name} at ${end}`).toBeLessThan(tolerance);
    }
    expect(lower).toBeLessThanOrEqual(estimate);
    expect(upper).toBeGreaterThanOrEqual(estimate);
  });
  return result;
}

const named = ({ parameters }: Estimates, name: string) => {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe("at the ends of an interval the likelihood, maximised by brute force, has fallen as far as it should", () => {
  const regular = groupedTable(3, 14, 6, [0.6, 0.9], 0.3);
  const slopes = (response: string, mean: string) => `${response}\n${mean} = 1 + x + (1 + x | g)\n${raw}`;

  it("in a linear mixed model", () => {
    expectEndsAt(viewOf(slopes("y ~ normal(mu, sigma)", "mu"), regular), {});
  });

  it("in one with counts, by Laplace", () => {
    expectEndsAt(viewOf(slopes("events ~ poisson(mu)", "log(mu)"), regular), { method: "laplace" });
  });

  it("with a dispersion", () => {
    const text = `events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g)\n${raw}`;
    expectEndsAt(viewOf(text, groupedTable(5, 12, 6, [0.5, 0.5], 0, 1.2)), { method: "laplace" });
  });

  it("where an sd is zero, or may be", () => {
    const flat = viewOf(slopes("y ~ normal(mu, sigma)", "mu"), groupedTable(8, 10, 6, [0, 0.2], 0));
    const result = expectEndsAt(flat, {}, true);
    expect(named(result, "sd[g, x]").lower).toBe(0);
    expect(named(result, "cor[g, Intercept, x]")).toMatchObject({ lower: -1, upper: 1 });
  });

  it("where a correlation is 1", () => {
    const tied = viewOf(slopes("y ~ normal(mu, sigma)", "mu"), groupedTable(21, 16, 8, [0.6, 0.9], 1));
    const result = expectEndsAt(tied, {});
    expect(named(result, "cor[g, Intercept, x]")).toMatchObject({ upper: 1 });
  });

  it("in a singular logistic model", () => {
    const pairs = ["00", "01", "10", "11"].flatMap((pair) => Array<string>(15).fill(pair));
    const data = { y: pairs.flatMap((pair) => [...pair].map(Number)), g: pairs.flatMap((_, g) => [g, g]) };
    const view = viewOf(`y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)\n${raw}`, data);
    const result = expectEndsAt(view, { method: "laplace" });
    expect(named(result, "sd[g, Intercept]")).toMatchObject({ estimate: 0, lower: 0 });
    const { lower, upper } = named(result, "beta[Intercept]");
    expect(lower + upper).toBeCloseTo(0, 4);
  });
});

describe("under REML", () => {
  it("sds, correlations and sigma have profiles, and it is said that coefficients have none", () => {
    const view = viewOf("y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)", groupedTable(3, 14, 6, [0.6, 0.9], 0.3));
    const [wald, profile] = (["wald", "profile"] as const).map((intervals) =>
      runSync(maximumLikelihood(view, { reml: true, intervals })),
    );
    expect(profile.parameters.slice(0, 2)).toEqual(wald.parameters.slice(0, 2));
    for (const [k, parameter] of wald.parameters.entries())
      if (k >= 2) expect(profile.parameters[k].lower).not.toBe(parameter.lower);
    expect(profile.notes.map(({ code }) => code)).toEqual(["no-profile"]);
  });

  it("of balanced data the profile of sigma is that of its chi-square, groups apart", () => {
    const table = groupedTable(4, 200, 2, [4, 0], 0);
    const view = viewOf("y ~ normal(mu, sigma)\nmu = 1 + (1 | g)", table);
    const { estimate, lower, upper } = named(
      runSync(maximumLikelihood(view, { reml: true, intervals: "profile" })),
      "sigma",
    );
    // With between-group variance free, the within-group sum of squares alone tells of sigma: 200 degrees of freedom.
    const fall = (sigma: number) => 200 * Math.log(sigma / estimate) + 100 * ((estimate / sigma) ** 2 - 1);
    expect(fall(lower)).toBeCloseTo(FALL, 4);
    expect(fall(upper)).toBeCloseTo(FALL, 4);
  });
});

describe("an sd whose Wald limits are more than a factor of 100 apart", () => {
  // Intercepts that differ by hardly more than chance.
  const table = groupedTable(14, 8, 5, [0.35, 0], 0);
  const counts = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", table);
  const numbers = viewOf("y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)", table);
  const sdOf = ({ parameters }: Estimates) => parameters.filter(({ name }) => name.startsWith("sd"));

  it.each([
    ["aghq", counts, { method: "aghq" }],
    ["laplace", counts, { method: "laplace" }],
    ["lmm", numbers, { method: "lmm" }],
    ["REML", numbers, { method: "lmm", reml: true }],
  ] as const)("has the interval of its profile: %s", (_, view, options) => {
    const [sd] = sdOf(runSync(maximumLikelihood(view, options)));
    const [profiled] = sdOf(runSync(maximumLikelihood(view, { ...options, intervals: "profile" })));
    expect(sd.estimate).toBeGreaterThan(0);
    expect(sd.interval).toBe("profile");
    expect(sd.lower).toBe(profiled.lower);
    expect(sd.upper).toBeCloseTo(profiled.upper, 6);
    expect(sd.upper).toBeLessThan(2);
  });

  it.each(["em", "pql"] as const)("is named where the method has no profile: %s", (method) => {
    const result = runSync(maximumLikelihood(counts, { method }));
    const note = result.notes.find(({ code }) => code === "wald-interval");
    expect(note?.message).toBe(
      "the Wald limits of sd[g, Intercept] are more than a factor of 100 apart, which tells nothing",
    );
    expect(note?.advice).toMatch(/--intervals profile, by lmm, aghq or laplace/);
  });

  it("keeps the others' Wald intervals", () => {
    const { parameters, intervals } = runSync(maximumLikelihood(counts));
    expect(intervals).toBe("wald");
    for (const { name, interval } of parameters) expect(interval).toBe(name.startsWith("sd") ? "profile" : undefined);
  });
});
