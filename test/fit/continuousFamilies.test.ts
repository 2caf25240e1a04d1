import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/family/families.js";
import { linkNamed } from "../../src/family/links.js";
import { fit, predict } from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { dataFile, referenceFolder } from "../../validation/files.js";
import { factsOf, meanAt, parametersAt } from "../family/support.js";

interface MlReference {
  readonly data: string;
  readonly model: readonly string[];
  readonly logLik: number;
  readonly beta: Readonly<Record<string, number>>;
  readonly se: Readonly<Record<string, number>>;
  readonly [parameter: string]: unknown;
}
const references: Readonly<Record<string, MlReference>> = JSON.parse(
  readFileSync(join(referenceFolder, "ml_families.json"), "utf8"),
);

describe("families of measurements, by maximum likelihood", () => {
  it.each([
    ["sleepstudy_student", "nu"],
    ["cake_gamma", "shape"],
    ["gasoline_beta", "phi"],
  ])("%s has glmmTMB's Laplace approximation", async (name, parameter) => {
    const { data, model, logLik, beta, se, [parameter]: other } = references[name];
    const table = await readTable(dataFile(data));
    const { ml } = await fit(model.join("\n"), table, { engine: "ml", points: 1 });
    expect((ml.logLikelihood ?? NaN) - logLik).toBeGreaterThan(-1e-6);
    const [ours, theirs, errors] = [
      ml.parameters.filter((each) => each.name.startsWith("beta[")).map(({ estimate }) => estimate),
      Object.values(beta),
      Object.values(se),
    ];
    expect(ours).toHaveLength(theirs.length);
    ours.forEach((estimate, j) => {
      expect(Math.abs(estimate - theirs[j]) / errors[j]).toBeLessThan(0.01);
    });
    const found = ml.parameters.find((each) => each.name === parameter);
    expect(Math.abs((found?.estimate ?? NaN) / Number(other) - 1)).toBeLessThan(1e-3);
  });
});

/** Sixty rows of ten groups, simulated from the family with the middle of its parameters. */
function simulated(name: string) {
  const family = families.find((each) => each.name === name) ?? expect.fail(`no family ${name}`);
  const phi = parametersAt(name, 0.4);
  const stream = createStream(`data of ${name}`, 1);
  const mean = family.slots.find((slot) => slot.kind === "mean") ?? expect.fail(`${name} has no mean`);
  const link = mean.links.includes("log") ? "log" : mean.links[0];
  const usual = name === "beta" || name === "zero_one_inflated_beta" ? "logit" : link;
  const { link: toEta, inverseLink } = linkNamed(usual);
  const effects = Array.from({ length: 10 }, () => 0.3 * stream.normal());
  const g = Array.from({ length: 60 }, (_, i) => `g${i % 10}`);
  const x = g.map(() => stream.normal());
  const middle = toEta(meanAt(name, 0.4));
  const y = x.map((value, i) => family.simulate(stream, inverseLink(middle + 0.2 * value + effects[i % 10]), phi, 1));
  const slots = family.slots.map((slot) => slot.name).join(", ");
  const left = usual === "identity" ? mean.name : `${usual}(${mean.name})`;
  return { model: `y ~ ${name}(${slots})\n${left} = 1 + x + (1 | g)`, data: { y, x, g } };
}

/** Not skew_normal, whose three fits take more than a minute. */
const compared = families
  .map(({ name }) => name)
  .filter((name) => factsOf(name).responses !== "counts" && name !== "normal" && name !== "skew_normal");

describe("engines agree on families of measurements", () => {
  it.each(compared)("%s", { timeout: 60000 }, async (name) => {
    const { model, data } = simulated(name);
    const [laplace, inla] = await Promise.all(
      (["laplace", "inla"] as const).map((engine) => fit(model, data, { engine, seed: 1 })),
    );
    const { ml } = await fit(model, data, { engine: "ml" });
    expect(Number.isFinite(ml.logLikelihood ?? NaN)).toBe(true);
    for (const row of laplace.summary().parameters) {
      const other = inla.summary().parameters.find((each) => each.name === row.name) ?? expect.fail(`no ${row.name}`);
      expect(Math.abs(row.mean - other.mean) / row.sd, row.name).toBeLessThan(0.15);
      expect(Math.abs(Math.log(row.sd / other.sd)), row.name).toBeLessThan(0.15);
    }
    const slope = laplace.summary().parameters.find((row) => row.name === "beta[x]") ?? expect.fail("no slope");
    const estimate = ml.parameters.find((row) => row.name === "beta[x]")?.estimate ?? NaN;
    expect(Math.abs(estimate - slope.mean) / slope.sd).toBeLessThan(0.5);
  });
});

describe("predictions of a family whose mean is not mu", () => {
  it("are of the response: exp(mu + sigma^2 / 2), and the effects' variance where it is integrated over", async () => {
    const { model, data } = simulated("lognormal");
    const fitted = await fit(model, data, { engine: "ml" });
    const value = (name: string) => fitted.ml.parameters.find((each) => each.name === name)?.estimate ?? NaN;
    const rows = { x: [0.7], g: ["g0"] };
    const mu = value("beta[Intercept]") + 0.7 * value("beta[x]");
    const variance = { zero: value("sigma") ** 2, marginal: value("sigma") ** 2 + value("sd[g, Intercept]") ** 2 };
    for (const effects of ["zero", "marginal"] as const) {
      const { estimate, lower, upper } = await predict(fitted, rows, { effects, scale: "mean" });
      expect(estimate[0] / Math.exp(mu + 0.5 * variance[effects])).toBeCloseTo(1, 6);
      expect(lower[0] * upper[0]).toBeCloseTo(estimate[0] ** 2, 3);
      const linear = await predict(fitted, rows, { effects, scale: "link" });
      expect(linear.estimate[0]).toBeCloseTo(mu, 10);
    }
  });
});
