import { describe, expect, it } from "vitest";
import { looSchema } from "../../src/checks/loo/options.js";
import { enginesSchema } from "../../src/compare/engines/enginesOptions.js";
import { evidenceSchema } from "../../src/compare/evidence/evidenceOptions.js";
import { compareSchema } from "../../src/compare/models/options.js";
import type { OptionSchema } from "../../src/engine/OptionSchema.js";
import { fitSchemas } from "../../src/fit/engines.js";
import { compare, compareEngines, compareEvidence, fit, loo, OptionsError } from "../../src/index.js";

const model = "y ~ poisson(mu)\nlog(mu) = 1 + x";
const data = { y: [1, 0, 2, 1, 3, 2], x: [0, 0, 1, 1, 2, 2] };

/** Every call that takes options, with its schema. */
const calls: readonly { name: string; schema: OptionSchema; call: (options: unknown) => Promise<unknown> }[] = [
  ...Object.entries(fitSchemas).map(([engine, schema]) => ({
    name: `fit by ${engine}`,
    schema,
    call: (options: unknown) => Reflect.apply(fit, undefined, [model, data, withEngine(engine, options)]),
  })),
  {
    name: "compare",
    schema: compareSchema,
    call: (options) => Reflect.apply(compare, undefined, [model, model, data, options]),
  },
  {
    name: "compareEvidence",
    schema: evidenceSchema,
    call: (options) => Reflect.apply(compareEvidence, undefined, [model, model, data, options]),
  },
  {
    name: "compareEngines",
    schema: enginesSchema,
    call: (options) => Reflect.apply(compareEngines, undefined, [model, data, options]),
  },
  {
    name: "loo",
    schema: looSchema,
    call: async (options) => Reflect.apply(loo, undefined, [await fit(model, data, { engine: "laplace" }), options]),
  },
];

function withEngine(engine: string, options: unknown): unknown {
  return typeof options === "object" && options !== null && !Array.isArray(options) ? { ...options, engine } : options;
}

/** Values of every type that JavaScript may hand over. */
const odd: readonly unknown[] = [
  "400",
  "",
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0.5,
  1e300,
  true,
  4n,
  Symbol("seed"),
  [],
  [1],
  ["poisson"],
  [null],
  {},
  new Date(0),
  () => 1,
  Object.create(null),
];

async function problemsOf(run: Promise<unknown>) {
  const error: unknown = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OptionsError)) throw new Error(`no OptionsError, but ${String(error)}`);
  return error.problems;
}

describe.each(calls)("the options of $name", ({ schema, call }) => {
  it("are declared in full: a sentence, a default and an example that the option takes", () => {
    for (const [name, { type, sentence, default: byDefault, example }] of Object.entries(schema)) {
      expect(sentence, name).toMatch(/^.{5,}[^.\s]$/);
      expect(type.allowed, name).toMatch(/^\S.*\S$/);
      expect(type.accepts(byDefault), name).toBe(true);
      expect(type.accepts(example), name).toBe(true);
    }
  });

  it("are refused by name, with a code, whatever the wrong value is, before anything runs", async () => {
    for (const [name, { type }] of Object.entries(schema))
      for (const value of odd.filter((each) => !type.accepts(each))) {
        const problems = await problemsOf(call({ [name]: value }));
        const own = problems.find(({ option }) => option === name);
        expect(own?.code, `${name} ${String(typeof value)}`).toBe(type.isOfType(value) ? "not-allowed" : "wrong-type");
        expect(own?.message).toMatch(/^\S+ (is|has) .+; (allowed: |did you mean|options: )/);
      }
  });

  it("are refused all at once, in one error", async () => {
    const names = Object.keys(schema);
    const wrong = Object.fromEntries(names.map((name) => [name, Symbol("none")]));
    const problems = await problemsOf(call({ ...wrong, nosuch: 1 }));
    expect(new Set(problems.map(({ option }) => option))).toEqual(new Set([...names, "nosuch"]));
  });

  it("have to be an object", async () => {
    for (const options of [null, [], 5, "nuts", () => 1])
      expect(await problemsOf(call(options))).toMatchObject([{ option: "options", code: "wrong-type" }]);
  });

  it("may be undefined, which leaves them out", async () => {
    const left = Object.fromEntries(Object.keys(schema).map((name) => [name, undefined]));
    expect(await problemsOf(call({ ...left, nosuch: 1 }))).toMatchObject([{ option: "nosuch" }]);
  });
});
