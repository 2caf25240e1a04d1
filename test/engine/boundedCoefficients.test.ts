import { describe, expect, it } from "vitest";
import { fit } from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";
import { randomPoisson } from "../../src/math/random/variates.js";

/** Twelve groups of ten rows whose slope by x is `slope`. */
function rows(slope: number, family: "normal" | "poisson", seed: number) {
  const stream = createStream(seed, 1);
  const effects = Array.from({ length: 12 }, () => 0.5 * stream.normal());
  return Array.from({ length: 120 }, (_, i) => {
    const x = stream.normal();
    const eta = 0.3 + slope * x + effects[i % 12];
    const y = family === "normal" ? eta + stream.normal() : randomPoisson(stream, Math.exp(eta));
    return { y, x, g: `g${i % 12}` };
  });
}

const normal = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\n";
const poisson = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n";
const cases = [
  { text: `${normal}prior beta[x] ~ half_normal(1)`, data: rows(-0.3, "normal", 1) },
  { text: `${normal}prior beta[x] ~ uniform(0, 2)`, data: rows(-0.1, "normal", 2) },
  { text: `${poisson}prior beta[x] ~ exponential(1)`, data: rows(-0.2, "poisson", 3) },
];

describe("a coefficient whose prior bounds it, against its bound", () => {
  it.each(cases)("has the posterior of nuts by the approximations: $text", async ({ text, data }) => {
    const rowOf = async (engine: "nuts" | "laplace" | "inla") => {
      const result = await fit(text, data, { engine, seed: 1 });
      expect(result.warnings()).toEqual([]);
      const row = result.summary().parameters.find(({ name }) => name === "beta[x]");
      if (row === undefined) throw new Error("the model has the coefficient");
      return row;
    };
    const exact = await rowOf("nuts");
    for (const engine of ["laplace", "inla"] as const) {
      const { mean, sd, q5, q95 } = await rowOf(engine);
      expect(Math.abs(mean - exact.mean) / exact.sd).toBeLessThan(0.15);
      expect(Math.abs(sd / exact.sd - 1)).toBeLessThan(0.12);
      expect(Math.abs(q5 - exact.q5) / exact.sd).toBeLessThan(0.1);
      expect(Math.abs(q95 - exact.q95) / exact.sd).toBeLessThan(0.25);
    }
  });
});
