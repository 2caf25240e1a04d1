import { describe, expect, it } from "vitest";
import { evaluateMarginal, type Fit, fit, type Sensitivity, sensitivity } from "../../src/index.js";
import { readTable } from "../../src/node.js";
import { cumulativeJensenShannon, ordered } from "../../src/sensitivity/cumulativeJensenShannon.js";

/** A prior by its numbers, and a model's priors by their targets. */
type Prior = readonly [distribution: string, ...numbers: readonly number[]];
type Priors = Readonly<Record<string, Prior>>;

/** A prior raised to a power is one of its kind. */
function powered([distribution, ...numbers]: Prior, power: number): Prior {
  if (distribution === "exponential") return [distribution, numbers[0] * power];
  if (distribution === "gamma") return [distribution, 1 + power * (numbers[0] - 1), numbers[1] * power];
  return [distribution, ...numbers.slice(0, -1), (numbers.at(-1) ?? 1) / Math.sqrt(power)];
}

const models: readonly {
  readonly name: string;
  /** Before likelihood weights, which may be powers, and after them. */
  readonly text: readonly [string, string];
  readonly priors: Priors;
}[] = [
  {
    name: "cbpp",
    text: [
      "incidence | trials(size) + weights(",
      " + 0 * size) ~ binomial(p)\nlogit(p) = 1 + factor(period) + (1 | herd)",
    ],
    priors: { intercept: ["normal", 0, 1], beta: ["normal", 0, 0.7], sd: ["exponential", 3] },
  },
  {
    name: "rcbd",
    text: [
      "count | weights(",
      " + 0 * treatment) ~ poisson(mu)\nlog(mu) = 1 + treatment + (1 | clinic) + (1 | clinic:treatment)",
    ],
    priors: {
      intercept: ["normal", 0, 1],
      beta: ["normal", 0, 0.5],
      "sd[clinic]": ["gamma", 2, 3],
      "sd[clinic:treatment]": ["half_normal", 0.3],
    },
  },
];

/** How far from 1 the powers of distances are. */
const POWER_STEP = 0.2;
const DIFFERENCE = 1.1;
/** Monte Carlo error of slopes, in proportion to the sd of the log density: that of all rows is several times that of a prior. */
const noise: Readonly<Record<string, number>> = { statement: 0.03, priors: 0.06, likelihood: 0.06 };

describe.each(models)("the sensitivity of $name, held against new fits", async ({ name, text, priors }) => {
  const table = await readTable(new URL(`../../models/${name}/data.csv`, import.meta.url).pathname);
  const made = (of: Priors, power: number, engine: "nuts" | "inla" = "inla") => {
    const statements = Object.entries(of).map(([target, [distribution, ...numbers]]) => {
      return `prior ${target} ~ ${distribution}(${numbers.join(", ")})`;
    });
    return fit(`${text[0]}${power}${text[1]}\n${statements.join("\n")}`, table, {
      engine,
      ...(engine === "nuts" && { draws: 2000 }),
    });
  };
  const fits: readonly Fit[] = [await made(priors, 1, "nuts"), await made(priors, 1)];
  const found = await Promise.all(fits.map((one) => sensitivity(one, { powerStep: POWER_STEP })));
  const [, byInla] = fits;

  /** Components by their place among all, refitted at a power. */
  const components = found[0].components.flatMap(({ kind }, c) => (kind === "prior" ? [] : [{ kind, c }]));
  const targets = Object.keys(priors);
  const refit = (kind: string, c: number, power: number) => {
    if (kind === "likelihood") return made(priors, power);
    const chosen = kind === "statement" ? [targets[statementOf(found[0], c)]] : targets;
    const changed = Object.entries(priors).map(([target, prior]) => {
      return [target, chosen.includes(target) ? powered(prior, power) : prior] as const;
    });
    return made(Object.fromEntries(changed), 1);
  };

  it("has the slopes and the distances of posteriors with a part raised to powers", async () => {
    expect(components.map(({ kind }) => kind)).toEqual(["priors", ...targets.map(() => "statement"), "likelihood"]);
    for (const { kind, c } of components) {
      const [up, down] = await Promise.all([DIFFERENCE, 1 / DIFFERENCE].map((power) => refit(kind, c, power)));
      const far = await Promise.all([1 - POWER_STEP, 1 + POWER_STEP].map((power) => refit(kind, c, power)));
      for (const { engine, quantities } of found)
        quantities.forEach(({ name: quantity, slopes, distances, sd }, q) => {
          const slope = (meanOf(up, q) - meanOf(down, q)) / (2 * Math.log2(DIFFERENCE)) / sd;
          const about = `${engine} ${kind} ${c} ${quantity}`;
          expect(Math.abs(slopes[c] - slope), about).toBeLessThan(noise[kind] + 0.1 * Math.abs(slope));
          const distance = meanOfTwo(
            far.map(
              (one, k) =>
                distanceBetween(byInla, one, q) / Math.abs(Math.log2(k === 0 ? 1 - POWER_STEP : 1 + POWER_STEP)),
            ),
          );
          expect(Math.abs(distances[c] - distance), about).toBeLessThan(noise[kind] / 2 + 0.15 * distance);
        });
    }
  });

  it("has the derivatives that differences of posterior means are", async () => {
    for (const [s, [target, [distribution, ...numbers]]] of Object.entries(priors).entries())
      for (const k of numbers.keys()) {
        const step = 0.05 * (numbers[k] === 0 ? 1 : numbers[k]);
        const at = (by: number): Prior => [
          distribution,
          ...numbers.map((value, j) => value + (j === k ? by * step : 0)),
        ];
        const [up, down] = await Promise.all([1, -1].map((by) => made({ ...priors, [target]: at(by) }, 1)));
        const before = Object.values(priors)
          .slice(0, s)
          .reduce((total, prior) => total + prior.length - 1, 0);
        for (const { engine, hyperparameters, quantities } of found) {
          const own = hyperparameters[before + k];
          expect(own.value).toBe(numbers[k]);
          quantities.forEach(({ name: quantity, sd }, q) => {
            const difference = (meanOf(up, q) - meanOf(down, q)) / (2 * step);
            const error = 4 * (own.mcse?.[q] ?? 0) + 0.02 * Math.abs(difference) + (0.002 * sd) / step;
            const about = `${engine} ${target} ${own.name} ${quantity}`;
            expect(Math.abs((own.derivatives?.[q] ?? Number.NaN) - difference), about).toBeLessThan(error);
          });
        }
      }
  });
});

function statementOf({ components }: Sensitivity, c: number): number {
  return components.slice(0, c).filter(({ kind }) => kind === "statement").length;
}

function meanOf({ posterior }: Fit, q: number): number {
  const { marginal } = posterior.parameters[q];
  return marginal.kind === "density" ? marginal.mean : Number.NaN;
}

function meanOfTwo([one, other]: readonly number[]): number {
  return (one + other) / 2;
}

/** Between the marginals of a parameter in two fits by inla, at the draws of the first. */
function distanceBetween(one: Fit, other: Fit, q: number): number {
  const [base, changed] = [one, other].map(({ posterior }) => posterior.parameters[q]);
  if (base.marginal.kind !== "density" || changed.marginal.kind !== "density") return Number.NaN;
  const values = Float64Array.from(one.draws(base.name).flatMap((chain) => [...chain]));
  const [from, to] = [base.marginal, changed.marginal];
  const ratios = values.map(
    (value) => evaluateMarginal(to, "density", value) / evaluateMarginal(from, "density", value),
  );
  const known = ratios.map((ratio) => (Number.isFinite(ratio) ? ratio : 0));
  const total = known.reduce((sum, ratio) => sum + ratio, 0);
  const equal = new Float64Array(values.length).fill(1 / values.length);
  return cumulativeJensenShannon(
    ordered(values),
    equal,
    known.map((ratio) => ratio / total),
  );
}
