import { deserialize, serialize } from "node:v8";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import type { Posterior } from "../../src/posterior/Posterior.js";
import { drawsOf, quantitiesOf } from "../../src/posterior/quantities.js";
import { ResultError } from "../../src/posterior/ResultError.js";
import { drawsCsv } from "../../src/report/drawsCsv.js";
import { decode, encode } from "../../src/store/jsonData.js";
import { fromJSON, toJSON } from "../../src/store/saved.js";
import { summarise } from "../../src/summary/summarise.js";

const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)";
const data = {
  y: Array.from({ length: 60 }, (_, i) => (i * 7) % 5),
  x: Array.from({ length: 60 }, (_, i) => Math.sin(i)),
  g: Array.from({ length: 60 }, (_, i) => `g ${i % 6}`),
};
const sampling = { engine: "nuts", workers: 0, chains: 2, draws: 60, warmup: 60 } as const;

/** All numbers of a result to their last bit: each is printed so that it reads back as it is. */
const bits = (result: Parameters<typeof toJSON>[0]) => JSON.stringify(toJSON(result));

/** A posterior of every engine and of every kind of marginal, by what asks for it. */
const posteriors: Record<string, () => Promise<{ readonly posterior: Posterior }>> = {
  nuts: () => fit(text, data, sampling),
  "nuts, with moments of effects": () => fit(text, data, { ...sampling, randomEffects: "summary" }),
  laplace: () => fit(text, data, { engine: "laplace" }),
  inla: () => fit(text, data, { engine: "inla", criteria: true, lincomb: ["beta[x] + b[g, g 1, x]"] }),
  "inla, with a coefficient held": () => fit(`${text}\nprior beta[x] ~ constant(0.1)`, data, { engine: "inla" }),
};

/** Through the ways on which a program sends or keeps a result. */
const ways: Record<string, (posterior: Posterior) => unknown> = {
  "structured clone": (posterior) => structuredClone(posterior),
  "v8.serialize": (posterior) => deserialize(serialize(posterior)),
  postMessage: (posterior) => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(posterior);
    const received: unknown = receiveMessageOnPort(port2)?.message;
    port1.close();
    return received;
  },
  "JSON text": (posterior) => fromJSON(JSON.stringify(toJSON(posterior))),
  "JSON value": (posterior) => fromJSON(toJSON(posterior)),
};

describe.each(Object.keys(posteriors))("the posterior of %s", (name) => {
  let posterior: Posterior;
  beforeAll(async () => {
    posterior = (await posteriors[name]?.())?.posterior ?? expect.fail();
  });

  it("has no functions in it", () => {
    const functions = (value: unknown): number =>
      typeof value === "object" && value !== null && !ArrayBuffer.isView(value)
        ? Object.values(value).reduce((sum: number, item) => sum + functions(item), 0)
        : Number(typeof value === "function");
    expect(functions(posterior)).toBe(0);
  });

  it.each(Object.keys(ways))("is the same after %s: summary, draws and bits", async (way) => {
    const copy = (await ways[way]?.(posterior)) as Posterior;
    expect(copy).toEqual(posterior);
    expect(bits(copy)).toBe(bits(posterior));
    expect(summarise(copy)).toEqual(summarise(posterior));
    for (const { name: quantity, marginal } of quantitiesOf(posterior))
      if (marginal.kind !== "moments") expect(drawsOf(copy, quantity)).toEqual(drawsOf(posterior, quantity));
  });
});

describe("estimates of maximum likelihood", () => {
  const methods = [{}, { intervals: "profile" }, { method: "pql" }, { method: "laplace" }] as const;
  it.each(methods)("come back bit for bit: %j", async (options) => {
    const { ml } = await fit("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", data, { engine: "ml", ...options });
    const copies = [structuredClone(ml), await fromJSON(toJSON(ml)), await fromJSON(JSON.stringify(toJSON(ml)))];
    for (const copy of copies) {
      expect(copy).toEqual(ml);
      expect(bits(copy)).toBe(bits(ml));
    }
  });
});

describe("encode", () => {
  it("gives JSON that reads back bit for bit, for any numbers", () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.double(),
        fc.string(),
        fc.boolean(),
        fc.constantFrom(null, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        fc.float64Array(),
        fc.int32Array(),
        fc.uint8Array(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(
          fc.string().filter((key) => !key.startsWith("$") && key !== "__proto__"),
          tie("value"),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(value, (given) => {
        expect(decode(JSON.parse(JSON.stringify(encode(given))))).toEqual(given);
      }),
      { seed: 20261130, numRuns: 500 },
    );
  });

  it("refuses what is no data", () => {
    expect(() => encode({ a: [() => 1] })).toThrow("result.a[0] is a function, which cannot be saved");
  });
});

describe("what is refused", () => {
  const saved = async () => toJSON((await posteriors.laplace?.())?.posterior ?? expect.fail());
  const refused = async (value: unknown) => {
    const error: unknown = await fromJSON(value).catch((caught: unknown) => caught);
    if (!(error instanceof ResultError)) throw error;
    return [error.code, error.message.split("\n")[0]];
  };

  it.each([
    [3, "not-a-saved-result", "this is not a saved result"],
    ["{", "damaged", expect.stringMatching(/^the saved result is not JSON: /)],
    [
      { format: "marginalia-result", version: 1, kind: "draws", result: {} },
      "damaged",
      'the saved result is damaged at kind: there is no kind "draws"',
    ],
    [
      { format: "marginalia-result", version: 2, kind: "posterior", result: {} },
      "version",
      "the result was saved in version 2 of its format, and this program reads 1",
    ],
    [
      { format: "marginalia-result", version: 1, kind: "posterior", result: { engine: { $number: "x" } } },
      "damaged",
      'the saved result is damaged at result.engine: "x" is not a number',
    ],
  ])("%j", async (value, code, message) => {
    expect(await refused(value)).toEqual([code, message]);
  });

  it("is a result with any field missing or of another type, at its place", async () => {
    const { result, ...rest } = JSON.parse(JSON.stringify(await saved()));
    for (const field of ["engine", "parameters", "randomEffects", "record"]) {
      const { [field]: _, ...without } = result;
      expect((await refused({ ...rest, result: without }))[1]).toContain(`damaged at ${field}`);
      expect((await refused({ ...rest, result: { ...result, [field]: 3 } }))[1]).toContain(`damaged at ${field}`);
    }
    const [first, ...others] = result.parameters;
    const spoilt = { ...first, marginal: { ...first.marginal, chains: [[1, 2]] } };
    expect((await refused({ ...rest, result: { ...result, parameters: [spoilt, ...others] } }))[1]).toContain(
      "damaged at parameters.0.marginal",
    );
  });

  it("is a summary, draws or a saved result of what is no posterior", async () => {
    const whole = await fit(text, data, { engine: "laplace" });
    const { ml } = await fit(text, data, { engine: "ml" });
    const cases: [unknown, string][] = [
      [whole, "a fit is not its posterior: give fit.posterior, or call fit.summary() and fit.draws(name)"],
      [ml, "maximum likelihood has no posterior: its estimates are rows already, fit.ml.parameters"],
      [null, "posterior is null; it must be the posterior of a fit, or what fromJSON read"],
      [{ engine: "nuts", parameters: [3], randomEffects: [], record: {} }, "it must be the posterior of a fit"],
    ];
    for (const [value, message] of cases)
      for (const take of [summarise, drawsOf, (posterior: Posterior) => [...drawsCsv(posterior)]])
        expect(() => Reflect.apply(take, undefined, [value, "beta[x]"])).toThrow(message);
    expect(() => Reflect.apply(toJSON, undefined, [whole])).toThrow("a whole fit is saved by fitToJSON");
  });
});
