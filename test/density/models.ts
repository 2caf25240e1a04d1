import fc from "fast-check";
import type { Table } from "../../src/data/Table.js";
import { toTable } from "../../src/data/toTable.js";
import type { CompiledModel } from "../../src/density/CompiledModel.js";
import { compileDensity } from "../../src/density/compileDensity.js";
import type { LogDensity } from "../../src/density/LogDensity.js";
import { buildDesign } from "../../src/design/buildDesign.js";
import type { Design } from "../../src/design/Design.js";
import { families } from "../../src/family/families.js";
import { parseModel } from "../../src/language/parser.js";
import { priors } from "../../src/prior/priors.js";
import { scaledNormal } from "../family/scaledNormal.js";

/** The built-in families, and one with two parameters besides its mean. */
const known = [...families, scaledNormal];

/** Compiles a model that must be free of errors. */
export function compiled(text: string, table: Table): { design: Design; model: CompiledModel } {
  const ast = parseModel(text);
  const { design, problems } = buildDesign(ast, table, known);
  if (design === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  const result = compileDensity(ast, design, known, priors);
  if (result.model === null) throw new Error(result.problems.map(({ message }) => message).join("\n"));
  return { design, model: result.model };
}

/** Deterministic uniform numbers on (-1, 1) for data and positions (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}

/** Columns x1, x2 (numbers), f (text, 3 levels), g and h (crossed groups), k (nested in g), e (exposure), and every kind of response. */
export function randomTable(seed: number, rows: number): Table {
  const next = uniforms(seed);
  const column = (of: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => of(i));
  const count = (n: number) => Math.floor(((next() + 1) / 2) * n);
  const g = column((i) => (i < 4 ? i : count(4)));
  const size = column(() => 1 + count(5));
  return toTable({
    x1: column(() => next()),
    x2: column(() => 2 + 3 * next()),
    f: Array.from({ length: rows }, (_, i) => "abc"[i < 3 ? i : count(3)]),
    g,
    h: column((i) => (i < 3 ? i : count(3))),
    k: g.map((level) => 10 * level + count(2)),
    e: column(() => 1.5 + next()),
    size,
    y: column(() => 0.5 + 0.4 * next()),
    binary: column((i) => (i < 2 ? i : count(2))),
    successes: size.map((n) => count(n + 1)),
    events: column(() => count(6)),
    amount: column((i) => (i % 5 === 0 ? 0 : 0.5 + 0.4 * next())),
    portion: column((i) => (i % 5 === 0 ? 0 : i % 7 === 1 ? 1 : 0.5 + 0.4 * next())),
  });
}

export interface ResponseCase {
  readonly response: string;
  readonly mean: string;
  readonly link: string;
  /** Statements that keep random positions inside the link's range. */
  readonly priors: readonly string[];
}

const inUnit = [
  "prior beta[Intercept] ~ uniform(0.3, 0.6)",
  "prior beta ~ uniform(-0.01, 0.01)",
  "prior sd ~ uniform(0, 0.01)",
];
const belowZero = [
  "prior beta[Intercept] ~ uniform(-1.5, -0.5)",
  "prior beta ~ uniform(-0.02, 0.02)",
  "prior sd ~ uniform(0, 0.02)",
];
const positive = [
  "prior beta[Intercept] ~ uniform(1, 3)",
  "prior beta ~ uniform(-0.05, 0.05)",
  "prior sd ~ uniform(0, 0.05)",
];

const measurements: readonly ResponseCase[] = [
  ...["student_t", "skew_normal"].map((family) => ({ family, of: "y", links: ["identity", "log"] })),
  ...["gamma", "exponential", "weibull"].map((family) => ({ family, of: "y", links: ["log", "inverse", "identity"] })),
  { family: "inverse_gaussian", of: "y", links: ["log", "inverse", "inverse_squared", "identity"] },
  { family: "lognormal", of: "y", links: ["identity"] },
  { family: "hurdle_gamma", of: "amount", links: ["log", "inverse", "identity"] },
  { family: "hurdle_lognormal", of: "amount", links: ["identity"] },
].flatMap(({ family, of, links }) =>
  links.map((link) => {
    const isPositive =
      link.startsWith("inverse") ||
      (link === "identity" && !["student_t", "skew_normal", "lognormal", "hurdle_lognormal"].includes(family));
    return { response: `${of} ~ ${family}(mu)`, mean: "mu", link, priors: isPositive ? positive : [] };
  }),
);
const portions = [
  ["beta", "y"],
  ["zero_one_inflated_beta", "portion"],
].flatMap(([family, of]): ResponseCase[] => {
  const response = `${of} ~ ${family}(mu)`;
  return [
    ...["logit", "probit", "cloglog"].map((link) => ({ response, mean: "mu", link, priors: [] })),
    { response, mean: "mu", link: "identity", priors: inUnit },
    { response, mean: "mu", link: "log", priors: belowZero },
  ];
});

/** Every family under every link of its mean. */
export const responseCases: readonly ResponseCase[] = [
  { response: "y ~ normal(mu, sigma)", mean: "mu", link: "identity", priors: [] },
  { response: "y ~ normal(mu, sigma)", mean: "mu", link: "log", priors: [] },
  ...["logit", "probit", "cloglog"].flatMap((link) => [
    { response: "binary ~ bernoulli(p)", mean: "p", link, priors: [] },
    { response: "successes ~ binomial(size, p)", mean: "p", link, priors: [] },
  ]),
  { response: "binary ~ bernoulli(p)", mean: "p", link: "identity", priors: inUnit },
  { response: "successes ~ binomial(size, p)", mean: "p", link: "identity", priors: inUnit },
  { response: "binary ~ bernoulli(p)", mean: "p", link: "log", priors: belowZero },
  { response: "successes ~ binomial(size, p)", mean: "p", link: "log", priors: belowZero },
  { response: "events ~ poisson(mu)", mean: "mu", link: "log", priors: [] },
  { response: "events ~ poisson(mu)", mean: "mu", link: "identity", priors: positive },
  { response: "events ~ negative_binomial(mu, phi)", mean: "mu", link: "log", priors: [] },
  { response: "events ~ negative_binomial(mu, phi)", mean: "mu", link: "identity", priors: positive },
  { response: "events ~ negative_binomial(mu, 2.5)", mean: "mu", link: "log", priors: [] },
  ...["zero_inflated_poisson", "zero_inflated_negative_binomial", "hurdle_poisson", "hurdle_negative_binomial"].flatMap(
    (family) => [
      { response: `events ~ ${family}(mu)`, mean: "mu", link: "log", priors: [] },
      { response: `events ~ ${family}(mu)`, mean: "mu", link: "identity", priors: positive },
    ],
  ),
  ...["logit", "probit", "cloglog"].map((link) => {
    return { response: "successes ~ zero_inflated_binomial(size, p)", mean: "p", link, priors: [] };
  }),
  { response: "successes ~ zero_inflated_binomial(size, p)", mean: "p", link: "identity", priors: inUnit },
  { response: "successes ~ zero_inflated_binomial(size, p)", mean: "p", link: "log", priors: belowZero },
  ...["cumulative", "sequential", "adjacent"].flatMap((family) =>
    ["logit", "probit", "cloglog"].map((link) => {
      return { response: `events ~ ${family}(mu)`, mean: "mu", link, priors: [] };
    }),
  ),
  { response: "events ~ categorical(mu)", mean: "mu", link: "logit", priors: [] },
  ...measurements,
  ...portions,
];

export const formulas: readonly string[] = [
  "1 + x1",
  "0 + f + x1",
  "x1 * f + (1 | g)",
  "1 + x2 + (1 + x1 | g)",
  "1 + x2 + (1 + x1 + x2 || g) + (1 | h)",
  "1 + (1 + x1 + x2 | g) + (0 + x1 | h)",
  "1 + f + (1 | g) + (1 | k)",
];

/** Null where a bounded mean cannot be kept inside its range: without an intercept of its own. */
export function modelText({ response, mean, link, priors: statements }: ResponseCase, formula: string): string | null {
  if (statements.length > 0 && formula.startsWith("0")) return null;
  const hasRandom = formula.includes("|");
  const hasSlopes = formula.replaceAll(/\([^)]*\)/g, "").replaceAll(/[01+ ]/g, "") !== "";
  const kept = statements.filter(
    (line) => (hasRandom || !line.startsWith("prior sd")) && (hasSlopes || !line.startsWith("prior beta ")),
  );
  const left = link === "identity" ? mean : `${link}(${mean})`;
  return [response, `${left} = ${formula}`, ...kept].join("\n");
}

/** A position near 0, where every prior's support has mass. */
export function position(dimension: number, seed: number): Float64Array {
  const next = uniforms(seed);
  return Float64Array.from({ length: dimension }, () => 0.7 * next());
}

export const seeds = fc.integer({ min: 1, max: 1e9 });

/** Central differences with one Richardson step. */
export function numericalGradient(f: (at: Float64Array) => number, at: Float64Array, step = 1e-3): Float64Array {
  const difference = (k: number, h: number) => {
    const moved = (by: number) => f(at.map((x, i) => (i === k ? x + by : x)));
    return (moved(h) - moved(-h)) / (2 * h);
  };
  return at.map((_, k) => (4 * difference(k, step / 2) - difference(k, step)) / 3);
}

/** Largest error of a density's gradient against differences, relative to 1 + |slope|; Infinity where the density is not finite. */
export function gradientError(density: LogDensity, at: Float64Array): number {
  const gradient = new Float64Array(density.dimension);
  if (!Number.isFinite(density.logDensityGradient(at, gradient))) return Infinity;
  const scratch = new Float64Array(density.dimension);
  const numerical = numericalGradient((x) => density.logDensityGradient(x, scratch), at);
  return gradient.reduce((worst, g, k) => Math.max(worst, Math.abs(g - numerical[k]) / (1 + Math.abs(g))), 0);
}

/** log |det M| by Gaussian elimination with row pivots. */
export function logAbsDeterminant(rows: Float64Array[]): number {
  let total = 0;
  for (let c = 0; c < rows.length; c++) {
    const pivot = rows.slice(c).reduce((best, row) => (Math.abs(row[c]) > Math.abs(best[c]) ? row : best));
    rows[rows.indexOf(pivot)] = rows[c];
    rows[c] = pivot;
    total += Math.log(Math.abs(pivot[c]));
    for (const row of rows.slice(c + 1)) {
      const share = row[c] / pivot[c];
      for (let k = c; k < row.length; k++) row[k] -= share * pivot[k];
    }
  }
  return total;
}
