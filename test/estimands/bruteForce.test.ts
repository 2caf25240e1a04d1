import { describe, expect, it } from "vitest";
import { linkNamed } from "../../src/family/links.js";
import { contrasts, type EffectsChoice, type Fit, fit, type MlFit, means, predict, slopes } from "../../src/index.js";
import { median, overNormal } from "../predict/population/bruteForce.js";
import { draws, trial } from "../predict/population/trial.js";

// Means, contrasts and slopes as loops over rows and draws, written as plainly as they can be.

interface Model {
  readonly name: string;
  readonly text: string;
  readonly link: string;
  /** The fixed part of the linear predictor and the covariates of the random effects at values of the variables; `beta` of a name is a draw's. */
  readonly eta: (at: Row, beta: (name: string) => number) => number;
  readonly z: (at: Row) => readonly number[];
}

interface Row {
  readonly x: number;
  readonly arm: string;
  readonly weeks: number;
}

const rows: readonly (Row & { readonly g: string })[] = trial.x.map((x, i) => ({
  x,
  arm: trial.arm[i],
  weeks: trial.weeks[i],
  g: trial.g[i],
}));
const centre = rows.reduce((sum, { x }) => sum + x, 0) / rows.length;
const sd = Math.sqrt(rows.reduce((sum, { x }) => sum + (x - centre) ** 2, 0) / (rows.length - 1));
const isDrug = ({ arm }: Row) => Number(arm === "drug");
const crossed = ({ x, ...at }: Row, beta: (name: string) => number, column = "x") =>
  beta("Intercept") +
  beta(column) * x +
  beta("arm.drug") * isDrug({ x, ...at }) +
  beta(`${column}:arm.drug`) * x * isDrug({ x, ...at });
const intercept = () => [1];
const slope = ({ x }: Row) => [1, x];

const models: readonly Model[] = [
  {
    name: "identity",
    text: "y ~ normal(mu, sigma)\nmu = 1 + x * arm + (1 + x | g)",
    link: "identity",
    eta: crossed,
    z: slope,
  },
  {
    name: "log with an offset",
    text: "count ~ poisson(mu)\nlog(mu) = 1 + x * arm + offset(log(weeks)) + (1 + x | g)",
    link: "log",
    eta: (at, beta) => crossed(at, beta) + Math.log(at.weeks),
    z: slope,
  },
  {
    name: "logit with a parabola",
    text: "yes ~ bernoulli(p)\nlogit(p) = 1 + x + I(x^2) + arm + (1 | g)",
    link: "logit",
    eta: (at, beta) =>
      beta("Intercept") + beta("x") * at.x + beta("I(x^2)") * at.x ** 2 + beta("arm.drug") * isDrug(at),
    z: intercept,
  },
  {
    name: "probit with slopes",
    text: "yes ~ bernoulli(p)\nprobit(p) = 1 + x + arm + (1 + x | g)",
    link: "probit",
    eta: (at, beta) => beta("Intercept") + beta("x") * at.x + beta("arm.drug") * isDrug(at),
    z: slope,
  },
  {
    name: "cloglog with a scaled covariate",
    text: "yes ~ bernoulli(p)\ncloglog(p) = 1 + scale(x) * arm + (1 | g)",
    link: "cloglog",
    eta: (at, beta) => crossed({ ...at, x: (at.x - centre) / sd }, beta, "scale(x)"),
    z: intercept,
  },
];

type Value = (at: Row & { readonly g: string }) => number;

/** The mean of a row at draw s. */
function meanAt({ link, eta, z }: Model, found: Fit | MlFit, effects: EffectsChoice, s: number): Value {
  const { inverseLink } = linkNamed(link);
  const values = new Map<string, number>();
  const of = (name: string) => {
    const known = values.get(name) ?? valuesOf(found, name)[s];
    values.set(name, known);
    return known;
  };
  return (at) => {
    const fixed = eta(at, (column) => of(`beta[${column}]`));
    const covariates = z(at);
    const names = ["Intercept", "x"].slice(0, covariates.length);
    if (effects === "zero") return inverseLink(fixed);
    if (effects === "conditional")
      return inverseLink(fixed + covariates.reduce((sum, by, k) => sum + by * of(`b[g, ${at.g}, ${names[k]}]`), 0));
    const sds = names.map((name) => of(`sd[g, ${name}]`));
    const cor = names.length === 2 ? of("cor[g, Intercept, x]") : 0;
    const [one, other = 0] = covariates.map((by, k) => by * sds[k]);
    return overNormal(inverseLink, fixed, one ** 2 + other ** 2 + 2 * cor * one * other);
  };
}

function valuesOf(found: Fit | MlFit, name: string): readonly number[] {
  if (!("ml" in found)) return draws(found, name);
  return [found.ml.parameters.find((parameter) => parameter.name === name)?.estimate ?? Number.NaN];
}

const averaged = (value: Value, set: Partial<Row>, over = rows) =>
  over.reduce((sum, row) => sum + value({ ...row, ...set }), 0) / over.length;
const H = 1e-4;

describe.each(models)("averages over the rows are loops over rows and draws: $name", (model) => {
  it.each([
    ["nuts", "zero"],
    ["nuts", "marginal"],
    ["nuts", "conditional"],
    ["ml", "zero"],
    ["ml", "marginal"],
  ] as const)("%s, %s", async (engine, effects) => {
    const found = await (engine === "ml"
      ? fit(model.text, trial, { engine })
      : fit(model.text, trial, { engine, chains: 1, warmup: 200, draws: 15, seed: 5 }));
    const S = valuesOf(found, "beta[Intercept]").length;
    const each = Array.from({ length: S }, (_, s) => meanAt(model, found, effects, s));
    const over = (of: (value: Value) => number) => median(each.map(of));
    const arm = (name: string) => (value: Value) => averaged(value, { arm: name });
    const options = { average: "rows", scale: "mean", effects } as const;

    const asked = await means(found, { ...options, of: ["arm"] });
    asked.rows.forEach(({ levels, estimate }) => {
      expect(estimate).toBeCloseTo(over(arm(String(levels.arm))), 7);
    });
    const own = await means(found, { ...options, by: ["arm"], at: { x: [0.5] } });
    own.rows.forEach(({ levels, estimate }) => {
      const ofArm = rows.filter((row) => row.arm === levels.arm);
      expect(estimate).toBeCloseTo(
        over((value) => averaged(value, { x: 0.5 }, ofArm)),
        7,
      );
    });

    const [control, drug] = [arm("control"), arm("drug")];
    const odds = (p: number) => p / (1 - p);
    const isProbability = !["identity", "log"].includes(model.link);
    const kinds: Partial<Record<"difference" | "ratio" | "odds-ratio", (value: Value) => number>> = {
      difference: (value) => drug(value) - control(value),
      ...(model.link === "identity" ? {} : { ratio: (value: Value) => drug(value) / control(value) }),
      ...(isProbability ? { "odds-ratio": (value: Value) => odds(drug(value)) / odds(control(value)) } : {}),
    };
    for (const [as, of] of Object.entries(kinds)) {
      const found1 = await contrasts(found, { ...options, of: ["arm"], contrast: ["reference"], as: as as "ratio" });
      expect(found1.rows[0].estimate, as).toBeCloseTo(over(of), 6);
    }

    const steep = await slopes(found, { ...options, of: ["x"], by: [] });
    const derivative = (value: Value) =>
      rows.reduce((sum, row) => sum + value({ ...row, x: row.x + H }) - value({ ...row, x: row.x - H }), 0) /
      (2 * H * rows.length);
    expect(steep.rows[0].estimate).toBeCloseTo(over(derivative), 5);
  });
});

describe("slopes are finite differences of predictions", () => {
  it.each([
    "count ~ poisson(mu)\nlog(mu) = 1 + poly(x, 2) * arm + offset(log(weeks)) + (1 | g)",
    "yes ~ bernoulli(p)\nlogit(p) = 1 + exp(x / 2) + factor(weeks) + arm + (1 | g) + (1 | h)",
    "yes ~ bernoulli(p)\nprobit(p) = 0 + arm + arm:center(x) + (1 | g)",
    "yes ~ bernoulli(p)\ncloglog(p) = 1 + poly(x, 3) + (1 + x | g)",
    "y ~ normal(mu, sigma)\nmu = 1 + scale(x) * factor(weeks) + I(x^3) + (1 | h/g)",
    "count ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x * arm + (1 | g)\nlog(phi) = 1 + x",
  ])("%s", async (text) => {
    const found = await fit(text, trial, { engine: "ml" });
    for (const effects of ["zero", "marginal"] as const)
      for (const scale of ["mean", "link"] as const) {
        if (effects === "marginal" && scale === "link") continue;
        const { rows: own } = await slopes(found, { of: ["x"], average: "rows", scale, effects });
        const at = async (by: number) =>
          (await predict(found, { ...trial, x: trial.x.map((x) => x + by) }, { effects, scale })).estimate;
        const [above, below] = [await at(H), await at(-H)];
        const mean = above.reduce((sum, value, i) => sum + value - below[i], 0) / (2 * H * above.length);
        expect(own[0].estimate, `${effects} ${scale}`).toBeCloseTo(mean, 5);
      }
  });
});

it("means over single levels by maximum likelihood are refused, with what has them", async () => {
  const found = await fit(models[1].text, trial, { engine: "ml" });
  await expect(means(found, { of: ["arm"], effects: "conditional" })).rejects.toThrow(
    "effects is conditional, and maximum likelihood has means over single levels of grouping factors row by row alone: take predict, which has their standard errors; or marginal or zero; or an engine with a posterior",
  );
});
