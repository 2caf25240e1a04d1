import { beforeAll, describe, expect, it } from "vitest";
import {
  ArgumentError,
  defineEngine,
  type EngineName,
  type Estimates,
  engines,
  type FitOf,
  fit,
  fromJSON,
  OptionsError,
  type Posterior,
  prepareModel,
  ResultError,
  summarise,
  type TableInput,
  toJSON,
} from "../../src/index.js";
import { posteriorFromMarginals } from "../../src/posterior/posteriorFromMarginals.js";

// What every engine of the list keeps to, those to come included: a new one needs nothing here, unless it is slow by its default options.

/** Options with which an engine takes about a second where its default ones take longer. */
const quick: { readonly [E in EngineName]?: object } = { nuts: { chains: 2, draws: 600, workers: 0 } };

const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(2)";
const rows = Array.from({ length: 40 }, (_, i) => ({
  y: (i % 8) + ((i * 5) % 3),
  x: ((i * 7) % 11) / 11 - 0.5,
  g: `g${i % 8}`,
}));
const weighted = rows.map((row, i) => ({ ...row, w: 1 + (i % 3) }));
const copied = weighted.flatMap(({ w, ...row }) => Array.from({ length: w }, () => row));

type Found = FitOf<EngineName>;

function fitted(engine: EngineName, model: string, data: TableInput, more: object = {}): Promise<Found> {
  return fit(model, data, { engine, ...quick[engine], ...more });
}

/** What an engine returned, as data. */
function resultOf(found: Found): Posterior | Estimates {
  return "posterior" in found ? found.posterior : found.ml;
}

/** All numbers of a result to their last bit, times left out. */
const bits = (result: Posterior | Estimates) =>
  JSON.stringify(toJSON(result), (key, value: unknown) => (/seconds$/i.test(key) ? undefined : value));

interface Estimate {
  readonly name: string;
  readonly at: number;
  /** Distance that noise may account for. */
  readonly noise: number;
}

/** What a result says of the parameters, whichever engine it is of. */
function estimates(found: Found): Estimate[] {
  return "posterior" in found
    ? found
        .summary()
        .parameters.map(({ name, mean, sd, mcse }) => ({ name, at: mean, noise: 5 * (mcse ?? 0) + 0.03 * sd }))
    : found.ml.parameters.map(({ name, estimate, standardError }) => ({
        name,
        at: estimate,
        noise: 1e-4 * standardError,
      }));
}

function expectAlike(one: Found, two: Found): void {
  const [own, other] = [estimates(one), estimates(two)];
  expect(own.map(({ name }) => name)).toEqual(other.map(({ name }) => name));
  for (const [k, { name, at, noise }] of own.entries())
    expect(Math.abs(at - other[k].at), name).toBeLessThan(noise + other[k].noise);
}

describe.each(engines.map(({ name }) => ({ name })))("the engine $name", ({ name }) => {
  let found: Found;
  beforeAll(async () => {
    found = await fitted(name, text, rows);
  });

  it("is in the conjugate posterior of a normal mean, or at its maximum", async () => {
    const normal = "y ~ normal(mu, 2)\nmu = 1\nprior beta[Intercept] ~ normal(0, 3)";
    const y = [1.2, 0.4, 2.9, 3.1, 1.7, 2.2];
    const ofMean = await fitted(name, normal, { y });
    const [intercept] = estimates(ofMean);
    const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
    const precision = y.length / 4 + 1 / 9;
    const expected = "posterior" in ofMean ? (mean * y.length) / 4 / precision : mean;
    expect(Math.abs(intercept.at - expected)).toBeLessThan(intercept.noise);
    if (!("posterior" in ofMean)) return;
    const { sd, mcseSd = 0 } = ofMean.summary().parameters[0];
    expect(Math.abs(sd * Math.sqrt(precision) - 1)).toBeLessThan(5 * (mcseSd / sd) + 0.03);
  });

  it("has the same bits for the same seed", async () => {
    const seeded = () => fitted(name, text, rows, { seed: "twice" });
    const [one, two] = [resultOf(await seeded()), resultOf(await seeded())];
    expect(bits(one) === bits(two)).toBe(true);
  });

  it("names itself, and the parameters and effects in the order of the model", () => {
    expect(found.engine).toBe(name);
    const { parameters, randomEffects } = prepareModel(text, rows).compiled.quantities;
    expect(parameters).toEqual(["beta[Intercept]", "beta[x]", "sd[g, Intercept]"]);
    expect(estimates(found).map((parameter) => parameter.name)).toEqual(parameters);
    if (!("posterior" in found)) return;
    expect(found.summary().randomEffects.map((effect) => effect.name)).toEqual(
      randomEffects.map((effect) => effect.name),
    );
  });

  it("does not depend on the order of rows or the labels of groups", async () => {
    expectAlike(found, await fitted(name, text, [...rows].reverse()));
    const relabelled = rows.map(({ g, ...row }) => ({ ...row, g: `z${9 - Number(g.slice(1))}` }));
    expectAlike(found, await fitted(name, text, relabelled));
  });

  it("takes a weight for as many copies of a row", async () => {
    const byWeights = text.replace("y ~", "y | weights(w) ~");
    expectAlike(await fitted(name, byWeights, weighted), await fitted(name, text, copied));
  });

  it("tells its progress as plain data, with the same bits as without", async () => {
    const told: unknown[] = [];
    const watched = await fitted(name, text, rows, {
      onProgress: (progress: unknown) => told.push(structuredClone(progress)),
    });
    expect(told.length).toBeGreaterThan(0);
    expect(bits(resultOf(watched)) === bits(resultOf(found))).toBe(true);
  });

  it("is aborted before the start with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(fitted(name, text, rows, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("ends when it is aborted while it runs, with the signal's reason or what it has, marked as partial", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const options = { signal: controller.signal, onProgress: () => controller.abort(reason) };
    const end = await fitted(name, text, rows, options).catch((thrown: unknown) => thrown);
    if (end !== reason) expect(end).toMatchObject({ posterior: { record: { partial: true } } });
  });

  it("lets what its listener throws through", async () => {
    const error = new Error("from the listener");
    const onProgress = () => {
      throw error;
    };
    await expect(fitted(name, text, rows, { onProgress })).rejects.toBe(error);
  });

  it("has a result that is the same after JSON and after a structured clone", async () => {
    const result = resultOf(found);
    for (const copy of [structuredClone(result), await fromJSON(JSON.stringify(toJSON(result)))]) {
      expect(copy).toEqual(result);
      expect(bits(copy) === bits(result)).toBe(true);
    }
  });

  it("is summarised by its posterior, and by nothing else", () => {
    if ("posterior" in found) expect(summarise(found.posterior)).toEqual(found.summary());
    const others = [found, toJSON(resultOf(found)), ...("posterior" in found ? [] : [found.ml])];
    for (const other of others) expect(() => Reflect.apply(summarise, undefined, [other])).toThrow(ArgumentError);
  });

  it("has joint draws of every quantity by its name, where it has a posterior", () => {
    if (!("posterior" in found)) {
      expect(found).not.toHaveProperty("draws");
      return;
    }
    const { parameters, randomEffects } = found.summary();
    const counts = [...parameters, ...randomEffects].map((row) => {
      const chains = found.engine === "ml" ? [] : found.draws(row.name);
      const draws = chains.flatMap((chain) => [...chain]);
      expect(draws.every(Number.isFinite)).toBe(true);
      const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
      expect(Math.abs(mean - row.mean), row.name).toBeLessThan(0.15 * row.sd);
      return chains.map(({ length }) => length);
    });
    expect(new Set(counts.map(String)).size).toBe(1);
    expect(() => (found.engine === "ml" ? [] : found.draws("beta[nothing]"))).toThrow(ResultError);
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
