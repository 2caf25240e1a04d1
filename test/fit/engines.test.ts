import { describe, expect, it } from "vitest";
import {
  defineEngine,
  type EngineName,
  engines,
  type FitOf,
  type FitOptionsOf,
  fit,
  OptionsError,
  type TableInput,
} from "../../src/index.js";
import { posteriorFromMarginals } from "../../src/posterior/posteriorFromMarginals.js";

const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(2)";
const rows = Array.from({ length: 40 }, (_, i) => ({
  y: (i % 8) + ((i * 5) % 3),
  x: ((i * 7) % 11) / 11 - 0.5,
  g: `g${i % 8}`,
}));
const weighted = rows.map((row, i) => ({ ...row, w: 1 + (i % 3) }));
const copied = weighted.flatMap(({ w, ...row }) => Array.from({ length: w }, () => row));

/** Options with which every engine takes about a second. */
const quick: { readonly [E in EngineName]: FitOptionsOf<E> } = {
  nuts: { engine: "nuts", chains: 2, draws: 600, workers: 0 },
  laplace: { engine: "laplace" },
  inla: { engine: "inla" },
  ml: { engine: "ml" },
};

interface Estimate {
  readonly name: string;
  readonly at: number;
  /** Distance that noise may account for. */
  readonly noise: number;
}

/** What an engine says of the parameters, whichever it is. */
async function estimates(engine: EngineName, model: string, data: TableInput, more: object = {}): Promise<Estimate[]> {
  const found: FitOf<EngineName> = await fit(model, data, { ...quick[engine], ...more });
  return found.engine === "ml"
    ? found.ml.parameters.map(({ name, estimate, standardError }) => ({
        name,
        at: estimate,
        noise: 1e-4 * standardError,
      }))
    : found
        .summary()
        .parameters.map(({ name, mean, sd, mcse }) => ({ name, at: mean, noise: 5 * (mcse ?? 0) + 0.03 * sd }));
}

function expectAlike(own: readonly Estimate[], other: readonly Estimate[]): void {
  expect(own.map(({ name }) => name)).toEqual(other.map(({ name }) => name));
  for (const [k, { name, at, noise }] of own.entries())
    expect(Math.abs(at - other[k].at), name).toBeLessThan(noise + other[k].noise);
}

describe.each(engines.map(({ name }) => ({ name })))("the engine $name", ({ name }) => {
  it("is in the conjugate posterior of a normal mean, or at its maximum", async () => {
    const normal = "y ~ normal(mu, 2)\nmu = 1\nprior beta[Intercept] ~ normal(0, 3)";
    const y = [1.2, 0.4, 2.9, 3.1, 1.7, 2.2];
    const [intercept] = await estimates(
      name,
      normal,
      y.map((value) => ({ y: value })),
    );
    const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
    const precision = y.length / 4 + 1 / 9;
    const expected = name === "ml" ? mean : (mean * y.length) / 4 / precision;
    expect(Math.abs(intercept.at - expected)).toBeLessThan(intercept.noise);
  });

  it("is the same for a seed, and names the parameters in the order of the model", async () => {
    const [one, two] = [await estimates(name, text, rows), await estimates(name, text, rows, { seed: "1" })];
    expect(one).toEqual(two);
    expect(one.map((parameter) => parameter.name)).toEqual(["beta[Intercept]", "beta[x]", "sd[g, Intercept]"]);
  });

  it("does not depend on the order of rows or the labels of groups", async () => {
    const own = await estimates(name, text, rows);
    expectAlike(own, await estimates(name, text, [...rows].reverse()));
    const relabelled = rows.map(({ g, ...row }) => ({ ...row, g: `z${9 - Number(g.slice(1))}` }));
    expectAlike(own, await estimates(name, text, relabelled));
  });

  it("takes a weight for as many copies of a row", async () => {
    const byWeights = text.replace("y ~", "y | weights(w) ~");
    expectAlike(await estimates(name, byWeights, weighted), await estimates(name, text, copied));
  });

  it("is aborted before the start with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(estimates(name, text, rows, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("an engine of one's own", () => {
  /** Every parameter is uniform on (0, width). */
  const blind = defineEngine({
    name: "blind",
    sentence: "looks at nothing",
    options: {
      width: {
        ...engines[0].options.targetAcceptance,
        default: 0.5,
        sentence: "the width",
      },
    },
    refuses: ({ design }, { width }) => (design.rows > 100 ? `too many rows for width ${width}` : null),
    run({ compiled: { quantities } }, { width }, { stream }) {
      const draws = () => {
        const random = stream(1);
        return {
          kind: "draws",
          weights: null,
          chains: [Float64Array.from({ length: 500 }, () => width * random.uniform())],
        } as const;
      };
      return {
        engine: "blind",
        parameters: quantities.parameters.map((name) => ({ name, marginal: draws() })),
        randomEffects: quantities.randomEffects.map((effect) => ({ ...effect, marginal: draws() })),
        record: { options: { width }, partial: false, chains: [] },
      };
    },
  });

  it("is given in place of a name, with its options in its type", async () => {
    const found = await fit(text, rows, { engine: blind, width: 0.2, level: 0.5, seed: 3 });
    expect(found.engine).toBe("blind");
    const [first] = found.summary().parameters;
    expect(first.name).toBe("beta[Intercept]");
    expect(first.mean).toBeCloseTo(0.1, 1);
    expect(found.draws("beta[x]")[0].length).toBe(500);
    expect(await fit(text, rows, { engine: blind, width: 0.2, level: 0.5, seed: 3 })).toMatchObject({
      posterior: found.posterior,
    });
  });

  it("has its options checked, and refuses models", async () => {
    const wrong = await fit(text, rows, { engine: blind, width: 3, ...{ chains: 4 } }).catch((error: unknown) => error);
    if (!(wrong instanceof OptionsError)) throw wrong;
    expect(wrong.problems.map(({ option, code }) => `${option}: ${code}`)).toEqual([
      "width: not-allowed",
      "chains: other-engine",
    ]);
    await expect(fit(text, [...rows, ...rows, ...rows], { engine: blind })).rejects.toThrow(
      "too many rows for width 0.5",
    );
  });

  it("is checked when it is made, and its posterior when it returns", async () => {
    const made = () =>
      defineEngine({ name: "ml", sentence: "", options: { seed: engines[0].options.seed }, run: () => never() });
    expect(made).toThrow(/built-in engine; it needs a sentence; every engine has the option "seed"/);
    const empty = defineEngine({
      name: "empty",
      sentence: "returns nothing",
      options: {},
      run: () =>
        posteriorFromMarginals("empty", { parameters: [], randomEffects: [] }, [], {
          options: {},
          partial: false,
          chains: [],
        }),
    });
    await expect(fit(text, rows, { engine: empty })).rejects.toThrow(/empty" returned other quantities/);
  });
});

function never(): never {
  throw new Error("not to be run");
}
