import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../src/data/DataError.js";
import { parseTable } from "../../src/data/parseTable.js";
import { type PreparedModel, prepareModel } from "../../src/fit/prepare.js";
import { ModelError } from "../../src/language/ModelError.js";

// Nothing ever gets out but a ModelError or a DataError with a place in it.

/** How many of the models could be fitted: a fuzz that only ever meets one kind of error shows little. */
interface Tally {
  fitted: number;
  refused: number;
}

/** `read` gives anything at all, or throws in reading. */
function prepare(model: string, read: () => unknown, tally: Tally): void {
  try {
    const { compiled }: PreparedModel = Reflect.apply(prepareModel, undefined, [model, read()]);
    const density = compiled.logDensity("noncentred");
    const position = new Float64Array(density.dimension).fill(0.1);
    expect(density.logDensityGradient(position, position.slice())).not.toBeNaN();
    tally.fitted++;
  } catch (error) {
    expectPlace(error);
    tally.refused++;
  }
}

function expectPlace(error: unknown): void {
  if (error instanceof DataError) {
    expect(error.place.name).not.toBe("");
    return;
  }
  if (!(error instanceof ModelError)) throw error;
  expect(error.problems.length).toBeGreaterThan(0);
  for (const { span, message } of error.problems) {
    expect(message).not.toBe("");
    expect(span, message).toBeDefined();
    expect(span?.start).toBeGreaterThanOrEqual(0);
    expect(span?.end).toBeLessThanOrEqual(error.source.text.length);
  }
}

const trial = parseTable(
  `g,h,x,trt,n,y,z,\`odd name\`
1,1,0.5,a,3,1,-1.2,4
1,2,1.5,b,4,4,0.3,1
2,3,-2,a,2,0,NA,2
2,4,0,b,9,5,2.2,8
3,5,1,c,1,1,0.1,9
3,6,7,c,6,2,-0.7,3
`,
  { name: "trial.csv" },
);

const words = [
  ..."g h x trt n y z mu sigma phi p size beta sd cor intercept prior log exp factor poly scale relevel sum".split(" "),
  ..."offset normal poisson binomial bernoulli negative_binomial student_t lkj flat identity logit".split(" "),
  ...'0 1 2 -1 1e400 0.5 ~ = + - * / : ^ | || ( ) [ ] , . # ` " \n '.split(" "),
  "`odd name`",
  '"a"',
  "\n",
];

const models = [
  "y ~ poisson(mu)\nlog(mu) = 1 + x * trt + offset(log(n)) + (1 + x | g)\nprior beta[x] ~ normal(0, 1)\nprior cor ~ lkj(2)",
  "y ~ binomial(n, p)\nlogit(p) = 1 + poly(x, 2) + (1 | g/h)\nprior sd[g] ~ half_normal(1)",
  "z ~ normal(mu, sigma)\nmu = 0 + trt + (1 + x || g)\nlog(sigma) = 1 + factor(g)\nprior sigma.beta ~ student_t(3, 0, 2)",
  'y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + relevel(trt, "b"):I(x^2) + (1 | g) + (1 | trt)\nprior phi ~ gamma(2, 1)',
];

describe("prepareModel on random models", () => {
  it.each(models)("takes the models that are then changed: %s", (model) => {
    expect(() => prepareModel(model, trial)).not.toThrow();
  });

  it("refuses random texts with a place", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'ab1 ~=+:|()[]`"#,\n'), maxLength: 60 }),
      fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(" ")),
    );
    const tally = { fitted: 0, refused: 0 };
    fc.assert(
      fc.property(text, (model) => prepare(model, () => trial, tally)),
      { seed: 1, numRuns: 1500 },
    );
    expect(tally.refused).toBe(1500);
  });

  it("takes or refuses valid models with changes in them", () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(3),
      word: fc.oneof(fc.constant(""), fc.constantFrom(...words), fc.constantFrom(..."01xg+|~")),
    });
    const mutated = fc
      .tuple(fc.constantFrom(...models), fc.array(change, { minLength: 1, maxLength: 3 }))
      .map(([model, changes]) =>
        changes.reduce((text, { at, cut, word }) => {
          const start = Math.floor(at * text.length);
          return text.slice(0, start) + word + text.slice(start + cut);
        }, model),
      );
    const tally = { fitted: 0, refused: 0 };
    fc.assert(
      fc.property(mutated, (model) => prepare(model, () => trial, tally)),
      { seed: 2, numRuns: 1500 },
    );
    expect(tally.fitted).toBeGreaterThan(30);
    expect(tally.refused).toBeGreaterThan(500);
  });

  it("takes or refuses well-formed models of random parts", () => {
    const tally = { fitted: 0, refused: 0 };
    fc.assert(
      fc.property(wellFormedModel(), (model) => prepare(model, () => trial, tally)),
      { seed: 3, numRuns: 1500 },
    );
    expect(tally.fitted).toBeGreaterThan(30);
    expect(tally.refused).toBeGreaterThan(500);
  });
});

describe("prepareModel on random tables", () => {
  const model = "y ~ poisson(mu)\nlog(mu) = 1 + x * t + offset(w) + (1 + x | g)";

  it("takes or refuses columns of anything", () => {
    const number = fc.oneof(fc.nat(5), fc.double(), fc.constantFrom(0, 1, null));
    const anything = fc.oneof(number, fc.string(), fc.bigInt(), fc.boolean(), fc.anything());
    const column = fc.oneof(
      fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }),
      fc.array(number, { minLength: 4, maxLength: 4 }),
      fc.array(fc.constantFrom("a", "b", null), { minLength: 4, maxLength: 4 }),
      fc.array(anything, { maxLength: 5 }),
    );
    const names = ["y", "x", "t", "w", "g"];
    const table = fc.record(Object.fromEntries(names.map((name) => [name, column])), { requiredKeys: ["y", "x", "t"] });
    const tally = { fitted: 0, refused: 0 };
    fc.assert(
      fc.property(table, (data) => prepare(model, () => data, tally)),
      { seed: 4, numRuns: 1500 },
    );
    expect(tally.fitted).toBeGreaterThan(10);
    expect(tally.refused).toBeGreaterThan(500);
  });

  it("takes or refuses delimited text", () => {
    const cell = fc.oneof(
      { weight: 6, arbitrary: fc.nat(4).map(String) },
      fc.constantFrom("", "NA", "a", '"b,c"', "1.5", "-2", "1e999", '"', "Inf", "1\t2"),
      fc.string({ maxLength: 4 }),
    );
    const row = fc.array(cell, { minLength: 5, maxLength: 5 }).map((cells) => cells.join(","));
    const ragged = fc.array(cell, { maxLength: 6 }).map((cells) => cells.join(","));
    const rows = fc.array(fc.oneof({ weight: 20, arbitrary: row }, { weight: 1, arbitrary: ragged }), { maxLength: 6 });
    const end = fc.constantFrom("\n", "\r\n", "\r");
    const text = fc.tuple(rows, end).map(([lines, lineEnd]) => ["y,x,t,w,g", ...lines].join(lineEnd));
    const tally = { fitted: 0, refused: 0 };
    fc.assert(
      fc.property(text, (csv) => prepare(model, () => parseTable(csv, { name: "random.csv" }), tally)),
      { seed: 5, numRuns: 1500 },
    );
    expect(tally.fitted).toBeGreaterThan(10);
    expect(tally.refused).toBeGreaterThan(500);
  });

  it("refuses what is no table", () => {
    const tally = { fitted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.anything(), (data) => prepare(model, () => data, tally)),
      { seed: 6, numRuns: 500 },
    );
    expect(tally.refused).toBe(500);
  });
});

function wellFormedModel(): fc.Arbitrary<string> {
  const column = fc.constantFrom("g", "h", "x", "trt", "n", "z", "`odd name`");
  const variable = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom("x", "n", "trt", "g") },
    column,
    fc
      .tuple(fc.constantFrom("log", "exp", "sqrt", "scale", "center", "factor", "sum", "I"), column)
      .map(([callee, argument]) => `${callee}(${argument})`),
    column.map((name) => `poly(${name}, 2)`),
    column.map((name) => `I(${name}^2 / x)`),
  );
  const term = fc
    .tuple(variable, fc.constantFrom("", " + ", ":", "*", " - ", "/"), variable)
    .map(([left, operator, right]) => (operator === "" ? left : left + operator + right));
  const random = fc
    .tuple(
      fc.constantFrom("1", "0 + x", "1 + x", "trt", "poly(x, 2)"),
      fc.constantFrom("|", "||"),
      fc.constantFrom("g", "h", "g/h", "trt:g", "factor(n)", "x"),
    )
    .map((parts) => `(${parts.join(" ")})`);
  const formula = fc
    .tuple(
      fc.constantFrom("0", "1", "-1"),
      fc.array(term, { maxLength: 3 }),
      fc.array(random, { maxLength: 2 }),
      fc.option(variable.map((name) => `offset(${name})`)),
    )
    .map(([constant, terms, effects, offset]) =>
      [constant, ...terms, ...effects, ...(offset === null ? [] : [offset])].join(" + "),
    );
  const head = fc.constantFrom(
    "y ~ poisson(mu)\nlog(mu)",
    "y ~ poisson(mu)\nmu",
    "z ~ normal(mu, sigma)\nmu",
    "z ~ normal(mu, 2)\nmu",
    "y ~ binomial(n, p)\ncloglog(p)",
    "y ~ binomial(n, p)\np",
    "trt ~ bernoulli(p)\nprobit(p)",
    "y ~ negative_binomial(mu, phi)\nlog(mu)",
  );
  const second = fc.option(
    fc.tuple(fc.constantFrom("log(sigma)", "log(phi)", "sigma"), formula).map((parts) => parts.join(" = ")),
    { freq: 2 },
  );
  const number = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const prior = fc
    .tuple(
      fc.constantFrom(
        "beta",
        "intercept",
        "beta[Intercept]",
        "beta[x]",
        "sd",
        "sd[g]",
        "cor",
        "sigma",
        "phi",
        "phi.beta",
      ),
      fc.constantFrom("normal", "student_t", "uniform", "flat", "exponential", "gamma", "lkj", "beta", "half_cauchy"),
      fc.array(number, { maxLength: 3 }),
    )
    .map(([target, distribution, numbers]) => `prior ${target} ~ ${distribution}(${numbers.join(", ")})`);
  return fc
    .tuple(head, formula, second, fc.array(prior, { maxLength: 1 }))
    .map(([start, mean, dispersion, priors]) =>
      [`${start} = ${mean}`, ...(dispersion === null ? [] : [dispersion]), ...priors].join("\n"),
    );
}
