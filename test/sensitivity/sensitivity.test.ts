import { describe, expect, it } from "vitest";
import { fit, fitFromJSON, fitToJSON, sensitivity } from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";

const stream = createStream("sensitivity", 1);
const rows = 80;
const g = Array.from({ length: rows }, (_, i) => `g${i % 16}`);
const x = Array.from({ length: rows }, () => stream.normal());
const b = Array.from({ length: 16 }, () => [0.6 * stream.normal(), 0.3 * stream.normal()]);
const eta = x.map((value, i) => 0.5 + 0.4 * value + b[i % 16][0] + b[i % 16][1] * value);
const data = {
  x,
  g,
  count: eta.map((value) => poisson(Math.exp(value))),
  y: eta.map((value) => value + 0.7 * stream.normal()),
};

function poisson(mean: number): number {
  let [k, product] = [0, stream.uniform()];
  for (const least = Math.exp(-mean); product > least; product *= stream.uniform()) k++;
  return k;
}

const engines = ["nuts", "laplace", "inla"] as const;

/** Each prior of a model by its numbers. */
type Priors = Readonly<Record<string, readonly [distribution: string, ...numbers: readonly number[]]>>;

const head = "count ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)\n";
const priors: Priors = {
  intercept: ["student_t", 4, 0.2, 1],
  beta: ["normal", 0.1, 0.4],
  "precision[g, Intercept]": ["gamma", 3, 1],
  "var[g, x]": ["inverse_gamma", 2.5, 0.3],
  cor: ["lkj", 2],
};
const textOf = (of: Priors) =>
  head +
  Object.entries(of)
    .map(([target, [distribution, ...numbers]]) => `prior ${target} ~ ${distribution}(${numbers.join(", ")})`)
    .join("\n");
const means = async (of: Priors) => {
  const { posterior } = await fit(textOf(of), data, { engine: "inla" });
  return posterior.parameters.map(({ marginal }) => (marginal.kind === "density" ? marginal.mean : Number.NaN));
};

/** The same prior raised to a power: again one of its kind. */
const powered: Readonly<Record<string, (power: number) => Priors[string]>> = {
  beta: (power) => ["normal", 0.1, 0.4 / Math.sqrt(power)],
  "precision[g, Intercept]": (power) => ["gamma", 1 + power * 2, power],
  "var[g, x]": (power) => ["inverse_gamma", power * 3.5 - 1, power * 0.3],
  cor: (power) => ["lkj", 1 + power],
};

describe("the slopes and derivatives of posterior means", async () => {
  const sensitivities = await Promise.all(
    engines.map(async (engine) => ({
      engine,
      found: await sensitivity(await fit(textOf(priors), data, { engine, ...(engine === "nuts" && { draws: 2000 }) })),
    })),
  );

  it.each(Object.keys(powered))("are those of refits with the prior of %s raised to powers", async (target) => {
    const [up, down] = await Promise.all(
      [1.1, 0.9].map((power) => means({ ...priors, [target]: powered[target](power) })),
    );
    for (const { engine, found } of sensitivities) {
      const c = found.components.findIndex(
        ({ kind, name }) =>
          kind === "statement" && (name === target || name === { beta: "beta[x]", cor: "cor[g]" }[target]),
      );
      expect(c, engine).toBeGreaterThan(0);
      found.quantities.forEach(({ name, slopes, sd }, q) => {
        const byRefits = (up[q] - down[q]) / Math.log2(1.1 / 0.9) / sd;
        expect(Math.abs(slopes[c] - byRefits), `${engine} ${name}`).toBeLessThan(0.02 + 0.1 * Math.abs(byRefits));
      });
    }
  });

  it.each(Object.keys(priors))("are those of refits with other numbers of the prior of %s", async (target) => {
    const [distribution, ...numbers] = priors[target];
    for (const k of numbers.keys()) {
      const step = 0.05 * (numbers[k] === 0 ? 1 : Math.abs(numbers[k]));
      const at = (by: number) => numbers.map((value, j) => (j === k ? value + by * step : value));
      const [up, down] = await Promise.all(
        [1, -1].map((by) => means({ ...priors, [target]: [distribution, ...at(by)] })),
      );
      for (const { engine, found } of sensitivities) {
        const own = found.hyperparameters.filter(({ distribution: printed }) => printed.startsWith(`${distribution}(`))[
          k
        ];
        expect(own.value).toBe(numbers[k]);
        found.quantities.forEach(({ name, sd }, q) => {
          const byRefits = (up[q] - down[q]) / (2 * step);
          const error = 4 * (own.mcse?.[q] ?? Number.NaN) + 0.02 * Math.abs(byRefits) + (0.002 * sd) / step;
          expect(
            Math.abs((own.derivatives?.[q] ?? Number.NaN) - byRefits),
            `${engine} ${name} ${own.name}`,
          ).toBeLessThan(error);
        });
      }
    }
  });

  it("are of all parameters, with weights that can be relied on", () => {
    for (const { engine, found } of sensitivities) {
      expect(found).toMatchObject({ kind: "sensitivity", engine, powers: [0.99, 1.01], threshold: 0.05, warnings: [] });
      expect(found.quantities.map(({ name }) => name)).toEqual([
        ...["beta[Intercept]", "beta[x]", "sd[g, Intercept]", "sd[g, x]", "cor[g, Intercept, x]"],
      ]);
      expect(found.components.map(({ name }) => name)).toEqual([
        ...["all priors", "intercept", "beta[x]", "precision[g, Intercept]", "var[g, x]", "cor[g]", "likelihood"],
      ]);
    }
  });
});

describe("verdicts", () => {
  it("are priorsense's of its example of a prior that the data contradict", async () => {
    // priorsense's vignette: mu 0.433 and 0.641, sigma 0.360 and 0.674, with 4000 draws of Stan; the integrals reach to the last draw, which seeds change.
    const y = [
      ...[9.5, 10.2, 9.1, 9.1, 10.3, 10.9, 11.7, 10.3, 9.6, 8.6, 9.1, 11.1, 9.3, 10.5, 9.7, 10.3, 10.0],
      ...[9.8, 9.6, 8.3, 10.2, 9.8, 10.0, 10.0, 9.1],
    ];
    const text = "y ~ normal(mu, sigma)\nmu = 1\nprior beta[Intercept] ~ normal(0, 1)\nprior sigma ~ half_normal(2.5)";
    for (const engine of engines) {
      const { quantities } = await sensitivity(await fit(text, { y }, { engine }));
      const [mu, sigma] = quantities;
      expect(mu.verdict).toBe("conflict");
      expect(sigma.verdict).toBe("conflict");
      expect(mu.prior / 0.433).toBeGreaterThan(0.75);
      expect(mu.prior / 0.433).toBeLessThan(1.25);
      expect(mu.likelihood / 0.641).toBeGreaterThan(0.75);
      expect(mu.likelihood / 0.641).toBeLessThan(1.25);
      expect(sigma.prior / 0.36).toBeGreaterThan(0.65);
      expect(sigma.likelihood / 0.674).toBeGreaterThan(0.65);
    }
  });

  it("tell a prior that decides, and one that does not", async () => {
    const wide = await sensitivity(await fit(`${head}prior beta ~ normal(0, 10)`, data, { engine: "laplace" }));
    expect(wide.quantities[1].verdict).toBe("robust");
    // The data know nothing of the difference of two columns that are equal.
    const twice = { ...data, z: x.map((value, i) => value + (i === 0 ? 1e-3 : 0)) };
    const text = "y ~ normal(mu, sigma)\nmu = 1 + x + z\nprior beta ~ normal(0, 1)";
    const own = await sensitivity(await fit(text, twice, { engine: "inla" }));
    const verdicts = new Map(own.quantities.map(({ name, verdict }) => [name, verdict]));
    expect(verdicts.get("beta[x]")).toBe("strong-prior");
    expect(verdicts.get("sigma")).toBe("robust");
    const component = own.components.findIndex(({ name, kind }) => name === "beta" && kind === "statement");
    expect(own.components[component].covers).toEqual(["beta[x]", "beta[z]"]);
    expect(own.components.slice(component + 1, component + 3).map(({ kind, name }) => [kind, name])).toEqual([
      ["prior", "beta[x]"],
      ["prior", "beta[z]"],
    ]);
  });

  it("are of other quantities too: random effects, and any function of the draws", async () => {
    const fitted = await fit(head, data, { engine: "laplace" });
    const sum = {
      name: "sum",
      values: (ensemble: { parameter(name: string): Float64Array | null }) => {
        const [one, other] = ["beta[Intercept]", "beta[x]"].map(
          (name) => ensemble.parameter(name) ?? new Float64Array(0),
        );
        return one.map((value, s) => value + other[s]);
      },
    };
    const { quantities } = await sensitivity(fitted, { quantities: ["b[g, g3, x]", sum, "beta[x]"] });
    expect(quantities.slice(5).map(({ name }) => name)).toEqual(["b[g, g3, x]", "sum"]);
    expect(quantities[6].mean).toBeCloseTo(quantities[0].mean + quantities[1].mean, 10);
  });
});

describe("sensitivity", () => {
  it("is the same of a fit that was saved and read again", async () => {
    const fitted = await fit(head, data, { engine: "laplace" });
    const again = await fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(fitted))));
    expect(await sensitivity(again)).toEqual(await sensitivity(fitted));
  });

  it("is not changed by flat priors, whose powers they are themselves, and says where a number moves the support", async () => {
    const text = "y ~ normal(mu, sigma)\nmu = 1 + x\nprior beta ~ flat()\nprior sigma ~ uniform(0, 5)";
    const { components, quantities, hyperparameters } = await sensitivity(await fit(text, data, { engine: "laplace" }));
    for (const name of ["beta[x]", "sigma"]) {
      const c = components.findIndex((component) => component.name === name);
      for (const { distances } of quantities) expect(distances[c]).toBe(0);
    }
    const upper = hyperparameters.find(({ name }) => name === "upper");
    expect(upper).toMatchObject({ derivatives: null, mcse: null });
    expect(upper?.problem).toBe(
      "the support of uniform(0, 5) moves with it, so that no covariance tells; vary it by refits",
    );
  });

  it("refuses maximum likelihood, unknown names and options", async () => {
    const byMl = await fit(head, data, { engine: "ml" });
    await expect(sensitivity(byMl)).rejects.toMatchObject({
      name: "SensitivityError",
      code: "no-priors",
      message:
        "maximum likelihood leaves priors out, so that nothing depends on them\n  fit with nuts, laplace or inla",
    });
    const fitted = await fit(head, data, { engine: "laplace" });
    await expect(sensitivity(fitted, { quantities: ["beta[z]"] })).rejects.toMatchObject({
      code: "unknown-quantity",
      message: expect.stringMatching(/^no quantity "beta\[z\]"\n {2}did you mean "beta\[x\]"\?/),
    });
    await expect(
      sensitivity(fitted, { quantities: [{ name: "short", values: () => new Float64Array(3) }] }),
    ).rejects.toMatchObject({ code: "wrong-length", message: expect.stringContaining("has 3 values for") });
    const wrong: object = { treshold: 1, powerStep: 2 };
    await expect(sensitivity(fitted, wrong)).rejects.toThrow(
      'powerStep is 2; allowed: a number from 0.001 to 0.5\nunknown option "treshold"; did you mean "threshold"?',
    );
  });

  it("ends where it is aborted", async () => {
    const fitted = await fit(head, data, { engine: "laplace" });
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(sensitivity(fitted, { signal: controller.signal })).rejects.toThrow("enough");
  });
});
