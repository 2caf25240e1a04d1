import { describe, expect, it } from "vitest";
import { compareEngines } from "../../src/compare/engines/compareEngines.js";
import { fit } from "../../src/fit/fit.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { ModelError } from "../../src/language/ModelError.js";
import { laplaceMarginal } from "../../src/marginal/likelihoods/laplace.js";
import { createStream } from "../../src/math/random/createStream.js";
import type { RandomStream } from "../../src/math/random/RandomStream.js";
import { runSync } from "../../src/math/steps.js";

type Table = Record<string, (number | string)[]>;

/** What is shown to leave no posterior. */
function improper(text: string, table: Table): string[] {
  return prepareModel(text, table)
    .problems.filter(({ code }) => code === "improper-posterior")
    .map(({ message }) => message);
}

const whole = (stream: RandomStream, low: number, high: number) =>
  low + Math.floor((high - low + 1) * stream.uniform());
const logistic = (eta: number) => 1 / (1 + Math.exp(-eta));
const range = (low: number, high: number, step: number) =>
  Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => low + k * step);

/** The density of a row, at a linear predictor. */
const rowDensity = {
  bernoulli: (y: number, eta: number) => logistic(y === 1 ? eta : -eta),
  poisson: (y: number, eta: number) => Math.exp(Math.min(y * eta - Math.exp(eta), 700)),
} as const;

describe("flat priors on coefficients", () => {
  const names = ["Intercept", "x", "z"] as const;

  interface Small {
    readonly family: keyof typeof rowDensity;
    readonly isFlat: readonly boolean[];
    readonly rows: readonly (readonly number[])[];
    readonly y: readonly number[];
  }

  function small(stream: RandomStream): Small {
    const family = stream.uniform() < 0.5 ? "bernoulli" : "poisson";
    const count = whole(stream, 3, 6);
    const rows = Array.from({ length: count }, () => [1, whole(stream, -1, 1), whole(stream, -1, 1)]);
    const y = rows.map(() => (stream.uniform() < 0.5 ? 0 : whole(stream, 1, family === "poisson" ? 3 : 1)));
    const isFlat = names.map(() => stream.uniform() < 0.5);
    return { family, isFlat: isFlat.every(Boolean) ? [true, true, false] : isFlat, rows, y };
  }

  /** The posterior's mass in a box of the flat coefficients, the others having normal(0, 1) priors. */
  function mass({ family, isFlat, rows, y }: Small, size: number): number {
    const places = isFlat.map((flat) => (flat ? range(-size, size, 0.5) : range(-3, 3, 1)));
    let total = 0;
    for (const a of places[0])
      for (const b of places[1])
        for (const c of places[2]) {
          let density = 1;
          [a, b, c].forEach((value, k) => {
            if (!isFlat[k]) density *= Math.exp(-0.5 * value * value);
          });
          rows.forEach((row, i) => {
            density *= rowDensity[family](y[i], a * row[0] + b * row[1] + c * row[2]);
          });
          total += density;
        }
    return total;
  }

  it("leave no posterior exactly where its mass grows with the box that it is integrated over", () => {
    const counts = { proper: 0, improper: 0 };
    for (let k = 1; k <= 60; k++) {
      const one = small(createStream("boxes", k));
      const { family, isFlat, rows, y } = one;
      if (!isFlat.includes(true) || new Set(y).size === 1) continue;
      const priors = names.map((name, j) => `prior beta[${name}] ~ ${isFlat[j] ? "flat()" : "normal(0, 1)"}`);
      const mean = family === "poisson" ? "y ~ poisson(mu)\nlog(mu)" : "y ~ bernoulli(p)\nlogit(p)";
      const table = { x: rows.map((row) => row[1]), z: rows.map((row) => row[2]), y: [...y] };
      const isTold = improper([`${mean} = 1 + x + z`, ...priors].join("\n"), table).length > 0;
      const growth = mass(one, 36) / mass(one, 18);
      expect(growth > 1.2, `${k}: ${JSON.stringify(one)}, grows by ${growth}`).toBe(isTold);
      counts[isTold ? "improper" : "proper"]++;
    }
    expect(Math.min(counts.proper, counts.improper)).toBeGreaterThan(10);
  });

  const separated = { x: [1, 2, 3, 4, 5, 6], z: [0, 1, 0, 1, 1, 0], y: [0, 0, 0, 1, 1, 1] };
  const model = "y ~ bernoulli(p)\nlogit(p) = 1 + x + z";

  it("name the coefficients and the reason", () => {
    expect(improper(`${model}\nprior beta[x] ~ flat()`, separated)).toEqual([
      "the posterior is improper: the prior on beta[x] is flat, and the likelihood does not fall to zero as it runs to infinity",
    ]);
    const dependent = { ...separated, z: separated.x.map((x) => 2 * x) };
    const count = "x ~ poisson(mu)\nlog(mu) = 1 + y + z + w";
    const open = { ...dependent, w: dependent.y };
    expect(improper(`${count}\nprior beta ~ flat()`, open)).toEqual([
      "the posterior is improper: the priors on beta[y] and beta[w] are flat, and the likelihood does not depend on a combination of them",
    ]);
    expect(improper(`${count}\nprior beta[w] ~ flat()`, open)).toEqual([]);
    const empty = { a: ["p", "q", "p", "q", "p", "p"], b: ["r", "r", "s", "r", "r", "s"], n: [1, 4, 2, 5, 3, 2] };
    expect(improper("n ~ poisson(mu)\nlog(mu) = 1 + a * b\nprior beta[a.q:b.s] ~ flat()", empty)).toEqual([
      "the posterior is improper: the prior on beta[a.q:b.s] is flat, and the likelihood does not depend on it",
    ]);
  });

  it("of columns that separate with others only are no trouble where a proper prior holds those", () => {
    const together = { x: [0, 1, 2, 3, 4, 5], z: [0, 0, 1, 1, 2, 2], y: [0, 1, 0, 1, 0, 1] };
    // y = 1 where x - 2 z = 1, and 0 where that is 0.
    const text = "y ~ bernoulli(p)\nlogit(p) = 1 + x + z";
    expect(improper(`${text}\nprior beta ~ flat()\nprior beta[Intercept] ~ flat()`, together)[0]).toMatch(
      /the priors on beta\[Intercept\], beta\[x\] and beta\[z\] are flat/,
    );
    expect(improper(`${text}\nprior beta[x] ~ flat()\nprior intercept ~ flat()`, together)).toEqual([]);
  });

  it("of an intercept under a log link of a normal response leave no posterior", () => {
    const table = { x: [1, 2, 3, 4], y: [1, 3, 2, 5] };
    const text = "y ~ normal(mu, sigma)\nlog(mu) = 1 + x";
    expect(improper(`${text}\nprior intercept ~ flat()`, table)[0]).toMatch(/prior on intercept is flat/);
    expect(improper(`${text}\nprior beta[x] ~ flat()`, table)).toEqual([]);
    expect(improper("y ~ normal(mu, sigma)\nmu = 1 + x\nprior intercept ~ flat()\nprior beta ~ flat()", table)).toEqual(
      [],
    );
  });

  it.each(["nuts", "laplace", "inla"] as const)("are refused by the engine %s before it runs", async (engine) => {
    const text = `${model}\nprior beta[x] ~ flat()`;
    const error = await fit(text, separated, { engine }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ModelError)) throw error;
    const found = error.problems.find(({ severity }) => severity === "error");
    expect(found?.code).toBe("improper-posterior");
    expect(found?.hint).toBe(
      "give beta[x] a proper prior, such as normal(0, 2.5); maximum likelihood (--engine ml) names what the data do not determine",
    );
  });

  it("are nothing to maximum likelihood, alone or in a comparison", async () => {
    const text = `${model}\nprior beta[z] ~ flat()\nprior intercept ~ flat()`;
    const apart = { x: [1, 2, 3, 4, 5, 6, 7, 8], z: [0, 0, 0, 0, 0, 0, 1, 1], y: [0, 1, 0, 0, 1, 0, 1, 1] };
    const { ml, problems } = await fit(text, apart, { engine: "ml" });
    expect(ml.parameters.length).toBeGreaterThan(0);
    expect(problems.map(({ code }) => code)).not.toContain("improper-posterior");
    const comparison = await compareEngines(text, apart, { engines: ["laplace", "ml"] });
    expect(comparison.refused.map(({ reason }) => reason).join()).toMatch(/the posterior is improper: the prior/);
    expect(comparison.engines.map(({ engine }) => engine)).toEqual(["ml"]);
  });
});

describe("flat priors on sds", () => {
  /** The likelihood of binary groups under an effect of sd s, integrated over the effects and the intercept. */
  function likelihood(groups: readonly (readonly number[])[], s: number, isFlat: boolean): number {
    const intercepts = isFlat ? range(-6 * s, 6 * s, s / 15) : range(-4, 4, 0.25);
    const errors = range(-6, 6, 0.004);
    return intercepts.reduce((sum, intercept) => {
      const prior = isFlat ? s / 15 : Math.exp(-0.5 * intercept * intercept);
      const product = groups.reduce((value, y) => {
        const ones = y.filter((one) => one === 1).length;
        const integral = errors.reduce((total, z) => {
          const eta = intercept + s * z;
          return total + Math.exp(-0.5 * z * z) * logistic(eta) ** ones * logistic(-eta) ** (y.length - ones);
        }, 0);
        return value * 0.004 * integral;
      }, 1);
      return sum + prior * product;
    }, 0);
  }

  it("leave no posterior exactly where the likelihood falls too slowly, for binary groups", () => {
    const verdicts = new Set<string>();
    for (let k = 1; k <= 14; k++) {
      const stream = createStream("groups", k);
      const groups = Array.from({ length: whole(stream, 2, 4) }, () =>
        Array.from({ length: whole(stream, 2, 3) }, () => whole(stream, 0, 1)),
      );
      const y = groups.flat();
      if (new Set(y).size === 1) continue;
      const g = groups.flatMap((group, j) => group.map(() => `g${j}`));
      const isFlat = stream.uniform() < 0.5;
      const text = `y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)\nprior intercept ~ ${isFlat ? "flat()" : "normal(0, 1)"}`;
      const falls = Math.log(likelihood(groups, 25, isFlat) / likelihood(groups, 100, isFlat)) / Math.log(4);
      const told = ["sd", "var"].map((scale) => improper(`${text}\nprior ${scale}[g] ~ flat()`, { y, g }).length > 0);
      expect(told, `${k}: ${JSON.stringify(groups)} ${isFlat}, falls as power ${falls}`).toEqual([
        falls < 1.5,
        falls < 2.5,
      ]);
      verdicts.add(told.join());
    }
    expect(verdicts.size).toBe(3);
  });

  const table = (levels: number): Table => ({
    g: Array.from({ length: 4 * levels }, (_, i) => `g${i % levels}`),
    x: Array.from({ length: 4 * levels }, (_, i) => (i * i) % 7),
    y: Array.from({ length: 4 * levels }, (_, i) => Math.sin(7 * i)),
  });
  const normal = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\nprior ";

  it("need three levels under a flat intercept, on the variance four, and one less under a proper one", () => {
    const told = (levels: number, priors: string) => improper(normal + priors, table(levels)).length > 0;
    const flat = "intercept ~ flat()\nprior ";
    expect([2, 3, 4].map((levels) => told(levels, `${flat}sd ~ flat()`))).toEqual([true, false, false]);
    expect([2, 3, 4].map((levels) => told(levels, `${flat}var[g] ~ flat()`))).toEqual([true, true, false]);
    expect([2, 3, 4].map((levels) => told(levels, "sd ~ flat()"))).toEqual([false, false, false]);
    expect([2, 3, 4].map((levels) => told(levels, "var[g] ~ flat()"))).toEqual([true, false, false]);
  });

  it("say why", () => {
    expect(improper(`${normal}intercept ~ flat()\nprior sd ~ flat()`, table(2))).toEqual([
      "the posterior is improper: the prior on sd[g, Intercept] is flat, and the likelihood falls only as its power -1 as the standard deviation grows, for too few levels tell of it",
    ]);
    expect(improper(`${normal}precision[g] ~ flat()`, table(9))).toEqual([
      "the posterior is improper: the prior on precision[g, Intercept] is flat, and it has infinite mass at standard deviations near zero, where the likelihood tends to that of the model without the effect",
    ]);
    const codes = prepareModel(`${normal}sd ~ flat()`, table(9)).problems.map(({ code }) => code);
    expect(codes).toEqual(["improper-prior"]);
  });
});

describe("flat priors on dispersions", () => {
  it("leave no posterior of a negative binomial model, and of a normal one with too few rows", () => {
    const counts = { y: [0, 3, 9, 1, 30, 2], x: [1, 2, 3, 4, 5, 6] };
    const text = "y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x";
    expect(improper(`${text}\nprior phi ~ flat()`, counts)).toEqual([
      "the posterior is improper: the prior on phi is flat, and the likelihood tends to a positive limit as it grows",
    ]);
    expect(improper(`${text}\nlog(phi) = 1 + x\nprior phi.intercept ~ flat()`, counts)[0]).toMatch(
      /the prior on phi.intercept is flat, and the likelihood does not fall to zero as it runs to infinity/,
    );
    const few = (rows: number) =>
      improper("y ~ normal(mu, sigma)\nmu = 1\nprior intercept ~ flat()\nprior sigma ~ flat()", {
        y: counts.y.slice(0, rows),
      });
    expect(few(2)[0]).toMatch(/with 2 rows and 1 flat coefficients the likelihood falls only as its power -1$/);
    expect(few(3)).toEqual([]);
  });
});

describe("a normal response that is fitted without error", () => {
  it("is found among thousands of rows, whichever factor's effects it takes, and not where a late row has an error", () => {
    const stream = createStream(1, 1);
    const n = 6000;
    const rows = Array.from({ length: n }, (_, i) => i);
    const effects = Array.from({ length: 300 }, () => stream.normal());
    const x = rows.map(() => stream.normal());
    const y = rows.map((i) => 1 + 2 * x[i] + effects[Math.floor(i / 20)]);
    const table = { x, y, g: rows.map((i) => `g${Math.floor(i / 20)}`), h: rows.map((i) => `h${i % 7}`) };
    const text = (effect: string) => `y ~ normal(mu, sigma)\nmu = 1 + x + ${effect}\nprior sigma ~ flat()`;
    expect(improper(text("(1 | h) + (1 | g)"), table)[0]).toMatch(
      /^the posterior is improper: the fixed effects and those of g are equal/,
    );
    expect(improper(text("(1 | h)"), table)).toEqual([]);
    expect(
      improper(text("(1 | g)"), { ...table, y: y.map((value, i) => (i === n - 1 ? value + 0.1 : value)) }),
    ).toEqual([]);
  });

  const g = Array.from({ length: 24 }, (_, i) => `g${i % 6}`);
  const h = Array.from({ length: 24 }, (_, i) => `h${i % 4}`);
  const x = g.map((_, i) => Math.cos(3 * i) + 2000);
  const ofLevel = g.map((_, i) => Math.sin(1 + (i % 6)));
  const exact = {
    line: { table: { x, y: x.map((value) => 0.1 + 0.7 * value) }, formula: "x" },
    levels: { table: { x, g, h, y: ofLevel }, formula: "x + (1 | g) + (1 | h)" },
    slopes: {
      table: { x, g, y: x.map((value, i) => ofLevel[i] * (value - 2000) + (i % 6)) },
      formula: "x + (1 + x | g)",
    },
  };
  const text = (formula: string) => `y ~ normal(mu, sigma)\nmu = 1 + ${formula}`;

  it.each(Object.entries(exact))("has no posterior under priors with mass near zero: %s", (_, { table, formula }) => {
    expect(improper(text(formula), table)[0]).toMatch(/equal to the response in every row, .* as sigma goes to zero/);
    expect(improper(`${text(formula)}\nprior sigma ~ lognormal(0, 1)`, table)).toEqual([]);
    expect(improper(`${text(formula)}\nprior sigma ~ gamma(100, 1)`, table)).toEqual([]);
    const spoilt = { ...table, y: table.y.map((value, i) => (i === 5 ? value + 1e-4 : value)) };
    expect(improper(text(formula), spoilt)).toEqual([]);
  });

  it("has a likelihood that rises without end as sigma falls, and others have not", () => {
    const rise = ({ table, formula }: (typeof exact)["levels"], by: number) => {
      const y = table.y.map((value, i) => value + (i === 5 ? by : 0));
      const latent = runSync(
        prepareModel(`${text(formula)}\nprior intercept ~ normal(0, 1e4)`, {
          ...table,
          y,
        }).compiled.standardisedLatentGaussian(),
      );
      if (!("view" in latent)) throw new Error(latent.refusal);
      const marginal = laplaceMarginal(latent.view);
      const at = (sigma: number) => {
        const values = latent.view.values();
        values.Lambda.forEach((Lambda) => {
          Lambda[0] = 1;
        });
        values.dispersion.set([sigma]);
        return marginal.evaluate(values, null);
      };
      return at(1e-5) - at(1e-3);
    };
    // 24 rows less 6 levels of g, 4 of h, which are not independent of the intercept, and the coefficients held at zero.
    expect(rise(exact.levels, 0)).toBeGreaterThan(13 * Math.log(100));
    expect(rise(exact.levels, 0.5)).toBeLessThan(0);
  });

  it("is refused by engines with priors", async () => {
    const { table, formula } = exact.line;
    for (const engine of ["nuts", "laplace", "inla"] as const)
      await expect(fit(text(formula), table, { engine })).rejects.toThrow(
        /the fixed effects are equal to the response/,
      );
  });
});
