import { describe, expect, it } from "vitest";
import { fit } from "../../src/index.js";
import { hardDesign, kinds } from "../../validation/hardDesigns/designs.js";
import { readReferences } from "../../validation/hardDesigns/files.js";
import { gridReference } from "../../validation/hardDesigns/gridReference.js";
import { distanceFrom } from "../../validation/hardDesigns/judge.js";
import { fingerprint } from "../../validation/hardDesigns/reference.js";

const referenceOf = (kind: (typeof kinds)[number], number: number) => {
  const found = readReferences(kind).find(({ design }) => design === `${kind} ${number}`);
  if (found === undefined) throw new Error(`there is no reference of ${kind} ${number}`);
  return found;
};

describe("references of hard designs", () => {
  it("are of the designs that the generators make", () => {
    for (const kind of kinds) expect(referenceOf(kind, 1).sha256).toBe(fingerprint(hardDesign(kind, 1)));
  });

  it("by a grid agree with the textbook sampler where there is one mode", async () => {
    const { text, columns, ...rest } = hardDesign("spikedPriors", 3);
    const [response, mean] = text.split("\n");
    const priors = ["prior intercept ~ normal(0, 3)", "prior sd ~ inverse_gamma(2, 1)"];
    const design = { ...rest, columns, text: [response, mean, ...priors].join("\n") };
    const options = { parametrization: "noncentred", chains: 2, draws: 2000, workers: 0 } as const;
    const { parameters } = (await fit(design.text, columns, options)).summary();
    const exact = { design: rest.name, sha256: "", method: "", quantities: gridReference(design, 0.3) };
    expect(distanceFrom(exact, parameters).excess).toBeLessThan(0.5);
  });
});

describe("the distance from a reference", () => {
  const errors = [0, 0, 0, 0] as const;
  const exact = { name: "a", mean: 1, sd: 2, q5: -2, q95: 4, errors };
  const reference = { design: "d", sha256: "", method: "", quantities: [exact] };

  it("is within the bounds up to 0.3 sds in a place and 15% in an sd", () => {
    expect(distanceFrom(reference, [{ ...exact, mean: 1.59, sd: 2.29 }]).isRight).toBe(true);
    expect(distanceFrom(reference, [{ ...exact, q95: 4.61 }])).toMatchObject({
      isRight: false,
      worst: "q95 of a is off by 0.31 sds",
    });
    expect(distanceFrom(reference, [{ ...exact, sd: 1.69 }]).worst).toBe("sd of a is 0.84 times that of the reference");
  });

  it("grants two Monte Carlo errors of the reference", () => {
    const noisy = { ...reference, quantities: [{ ...exact, errors: [0.1, 0, 0, 0] as const }] };
    expect(distanceFrom(noisy, [{ ...exact, mean: 1.79 }]).isRight).toBe(true);
    expect(distanceFrom(noisy, [{ ...exact, mean: 1.81 }]).isRight).toBe(false);
  });

  it("is beyond every bound for a number that is none, and refuses an answer that lacks a quantity", () => {
    expect(distanceFrom(reference, [{ ...exact, q5: Number.NaN }]).isRight).toBe(false);
    expect(() => distanceFrom(reference, [])).toThrow("a is not in the answer");
  });
});

describe("the approximations of hard designs", () => {
  const fitted = async (kind: (typeof kinds)[number], number: number, engine: "laplace" | "inla") => {
    const { text, columns } = hardDesign(kind, number);
    const found = await fit(text, columns, { engine });
    const { parameters, randomEffects } = found.summary();
    const guard = found.posterior.record.approximation?.guard;
    return { guard, distance: distanceFrom(referenceOf(kind, number), [...parameters, ...randomEffects]) };
  };

  it.each(["laplace", "inla"] as const)("are right and trusted: %s", async (engine) => {
    const designs = [
      ["crossed", 3],
      ["hugeLevel", 2],
      ["fewGroups", 2],
      ["fewGroups", 7],
      ["spikedPriors", 42],
      ["rareEvents", 2],
      ["heavyPriors", 3],
      ["modelledDispersion", 8],
      ["modelledDispersion", 12],
    ] as const;
    for (const [kind, number] of designs) {
      const { guard, distance } = await fitted(kind, number, engine);
      expect([kind, guard?.isTrusted, distance.isRight ? "right" : distance.worst]).toEqual([kind, true, "right"]);
    }
  });

  it.each(["laplace", "inla"] as const)("are not trusted where a mode is missed: %s", async (engine) => {
    const { text, columns } = hardDesign("spikedPriors", 48);
    const spiked = text.replace(/inverse_gamma\(.*\)/, "inverse_gamma(0.2, 0.000001)");
    const { approximation } = (await fit(spiked, columns, { engine })).posterior.record;
    expect(approximation?.guard.isTrusted).toBe(false);
    expect(approximation?.guard.verdict).toMatch(
      /^do not trust: the posterior has two modes, at sd\[g, Intercept\] = 2\.1 and at 0\.0000050, the latter with about 2% of the mass, and only the first is integrated$/,
    );
  });

  it("have the quantiles of the sd of few groups, and the sds of effects that are sampled", async () => {
    const cases = [
      ["slopes", 4, "inla", 1],
      ["slopes", 4, "inla", 2],
      ["slopes", 4, "laplace", 2],
      ["hugeLevel", 11, "inla", 4],
    ] as const;
    for (const [kind, number, engine, seed] of cases) {
      const { text, columns } = hardDesign(kind, number);
      const found = await fit(text, columns, { engine, seed });
      const { parameters, randomEffects } = found.summary();
      const { isRight, worst } = distanceFrom(referenceOf(kind, number), [...parameters, ...randomEffects]);
      expect([kind, engine, seed, isRight ? "right" : worst]).toEqual([kind, engine, seed, "right"]);
    }
  });

  it("of inla have the sd of a posterior with a tail that only the likelihood ends", async () => {
    const { text, columns } = hardDesign("spikedPriors", 1);
    for (const seed of [1, 2, 3]) {
      const { parameters, randomEffects } = (await fit(text, columns, { engine: "inla", seed })).summary();
      const { isRight, worst } = distanceFrom(referenceOf("spikedPriors", 1), [...parameters, ...randomEffects]);
      expect(isRight ? "right" : worst).toBe("right");
    }
  });

  it("of inla are right or not trusted under priors that hold tails where few groups say little", async () => {
    const { text, columns } = hardDesign("heavyPriors", 2);
    for (const seed of [1, 2, 3]) {
      const found = await fit(text, columns, { engine: "inla", seed });
      const { parameters, randomEffects } = found.summary();
      const { isRight } = distanceFrom(referenceOf("heavyPriors", 2), [...parameters, ...randomEffects]);
      expect(isRight || found.posterior.record.approximation?.guard.isTrusted === false).toBe(true);
    }
  });

  it("of inla end where a prior's tail leaves no density with the moments found", async () => {
    const { text, columns } = hardDesign("spikedPriors", 48);
    const spiked = text.replace(/inverse_gamma\(.*\)/, "inverse_gamma(0.8, 0.0000000001)");
    const { approximation } = (await fit(spiked, columns, { engine: "inla" })).posterior.record;
    expect(approximation?.guard).toMatchObject({
      isTrusted: false,
      verdict: expect.stringContaining("has not the mean and sd"),
    });
  });
});
