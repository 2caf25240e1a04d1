import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as index from "../../src/index.js";
import { ArgumentError, fit, fitToJSON, loo, means, prepareModel, summarise, toJSON } from "../../src/index.js";
import * as node from "../../src/node.js";

const text = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)";
const data = { y: [1, 2, 4, 3, 5, 7, 6, 9], x: [0, 1, 2, 3, 0, 1, 2, 3], g: [..."aaaabbbb"] };
const nuts = await fit(text, data, { chains: 2, warmup: 50, draws: 50, workers: 0 });
const ml = await fit(text, data, { engine: "ml" });

const wrong: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["3", 3],
  ['"x"', "x"],
  ["[]", []],
  ["{}", {}],
  ["a Promise", Promise.resolve({})],
  ["a function", () => 1],
];
/** Those that no function takes for options; with undefined or {} for them it would do its work. */
const noOptions = wrong.filter(([name]) => !["undefined", "{}"].includes(name));

/** The functions of the entries, without classes. */
const functions = Object.entries({ ...index, ...node }).flatMap(([name, value]) =>
  typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value)) ? [{ name, value }] : [],
);

/** What a call threw, also while its Promise or its first piece was waited for; null where it threw nothing. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    const returned = await call();
    if (typeof returned === "object" && returned !== null && "next" in returned && typeof returned.next === "function")
      await returned.next();
    return null;
  } catch (error) {
    return error;
  }
}

/** Null for an error that has a name of ours; else what is wrong with it. */
function fault(error: unknown): string | null {
  if (error === null) return null;
  if (!(error instanceof Error)) return `${String(error)} is no error`;
  const isOurs = Object.values(index).some((kind) => typeof kind === "function" && kind === error.constructor);
  return isOurs ? null : `${error.name}: ${error.message}`;
}

async function faults(calls: readonly (readonly [string, () => unknown])[]): Promise<string[]> {
  const found: string[] = [];
  for (const [name, call] of calls) {
    const wrongWith = fault(await thrownBy(call));
    if (wrongWith !== null) found.push(`${name}: ${wrongWith}`);
  }
  return found;
}

describe("an argument of another kind", () => {
  it.each(functions)("of $name is refused by name", async ({ name, value }) => {
    const calls = [1, 2, 3, 4].flatMap((count) =>
      wrong.map(([kind, given]) => {
        const call = () => Reflect.apply(value, undefined, Array(count).fill(given));
        return [`${name} of ${count} times ${kind}`, call] as const;
      }),
    );
    expect(functions.length).toBeGreaterThan(80);
    expect(await faults(calls)).toEqual([]);
  });

  it("after a first one that is right is refused by name", async () => {
    const first = { nuts, ml, posterior: nuts.posterior, ast: nuts.ast, text, report: index.fitReport(nuts) };
    // `save(fit, "x")` is right, and would write a folder.
    const others = functions.filter(({ name }) => name !== "save");
    const calls = others.flatMap(({ name, value }) =>
      Object.entries(first).flatMap(([kind, good]) =>
        noOptions.flatMap(([other, given]) =>
          [1, 2].map((count) => {
            const given_ = [good, ...Array(count).fill(given)];
            return [`${name}(${kind}, ${other})`, () => Reflect.apply(value, undefined, given_)] as const;
          }),
        ),
      ),
    );
    expect(await faults(calls)).toEqual([]);
  });
});

describe("ArgumentError", () => {
  /** What `means` says of something that is no fit. */
  async function refusal(given: unknown): Promise<ArgumentError> {
    const error = await thrownBy(() => Reflect.apply(means, undefined, [given]));
    if (!(error instanceof ArgumentError)) throw error;
    return error;
  }

  it("names the function, the argument, what it got and what it takes", async () => {
    expect({ ...(await refusal(null)) }).toEqual({
      name: "ArgumentError",
      code: "not-a-fit",
      caller: "means",
      argument: "fit",
      received: "null",
      expected: "a fit, the result of await fit(...) or of await load(FOLDER)",
      hint: "",
    });
    expect((await refusal(3)).message).toBe(
      "means: fit is the number 3; it must be a fit, the result of await fit(...) or of await load(FOLDER)",
    );
  });

  const cases: readonly (readonly [string, unknown, string, string])[] = [
    ["a Promise", fit(text, data, { engine: "ml" }), "a Promise that was not awaited", "write await before the call"],
    ["a folder", "fits/a", 'the text "fits/a"', "read by load, of marginalia/node"],
    ["several fits", [nuts, ml], "a list of 2", "one fit at a time"],
    ["its posterior", nuts.posterior, "an object with the fields engine,", "give the fit itself"],
    ["its estimates", ml.ml, "an object with the fields engine,", "give the fit itself"],
    ["a saved fit", fitToJSON(ml), "an object with the fields format,", "read by fitFromJSON"],
    ["a model", prepareModel(text, data), "an object with the fields ast, design,", "has not been fitted: call fit"],
    [
      "a copy",
      JSON.parse(JSON.stringify(nuts)),
      "an object with the fields ast,",
      "carried by fitToJSON and fitFromJSON",
    ],
    ["a Map", new Map(), "an object of Map", ""],
    ["an object without prototype", Object.create(null), "an empty object", ""],
    ["a symbol", Symbol("x"), "a symbol", ""],
    ["a long text", "a".repeat(100), `the text "${"a".repeat(40)}..."`, ""],
    ["a column", new Float64Array(3), "an object of Float64Array", ""],
  ];
  it.each(cases)("says what was given for a fit: %s", async (_, given, received, hint) => {
    const error = await refusal(given);
    expect(error.received).toContain(received);
    expect(error.hint).toContain(hint);
  });

  const mistaken: readonly (readonly [string, () => unknown, string])[] = [
    ["a fit for its posterior", () => Reflect.apply(summarise, undefined, [nuts]), "give fit.posterior"],
    ["maximum likelihood for a posterior", () => Reflect.apply(summarise, undefined, [ml]), "fit.ml.parameters"],
    ["a saved posterior", () => Reflect.apply(summarise, undefined, [toJSON(nuts.posterior)]), "read by fromJSON"],
    ["a fit for a result", () => Reflect.apply(toJSON, undefined, [nuts]), "saved by fitToJSON"],
    ["a fit for its report", () => Reflect.apply(index.textReport, undefined, [nuts]), "fitReport(fit)"],
    ["one chain", () => Reflect.apply(index.rhat, undefined, [nuts.draws("sigma")[0]]), "[draws]"],
    ["a text for a template", () => Reflect.apply(index.glmm, undefined, [text]), "parseModel"],
    ["the text of a model", () => Reflect.apply(index.printModel, undefined, [text]), "parseModel"],
    ["a fit by maximum likelihood to loo", () => Reflect.apply(loo, undefined, [ml]), ""],
    ["a URL for a folder", () => Reflect.apply(node.load, undefined, [new URL("file:///a")]), "fileURLToPath"],
    ["a Promise to save", () => Reflect.apply(node.save, undefined, [Promise.resolve(nuts), "a"]), "await"],
  ];
  it.each(mistaken)("says the way out for %s", async (_, call, hint) => {
    const error = await thrownBy(call);
    expect(fault(error)).toBeNull();
    expect(error instanceof Error ? error.message : "").toContain(hint);
  });

  it("comes before anything is written", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "arguments-")), "fit");
    const error = await thrownBy(() => Reflect.apply(node.save, undefined, [{}, folder]));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(await thrownBy(() => node.load(folder))).toMatchObject({ code: "not-a-saved-fit" });
  });
});
