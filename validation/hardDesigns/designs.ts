import { createStream, prepareModel, type RandomStream } from "marginalia";

/** A small data set and a model that is hard to approximate. */
export interface HardDesign {
  /** `crossed 3` */
  readonly name: string;
  readonly kind: Kind;
  /** Model text with the priors of the fit. */
  readonly text: string;
  readonly columns: Readonly<Record<string, readonly (number | string)[]>>;
}

/** What a design is made of; the response `y` (of `size` trials where it is binomial) is simulated from `formula` under the priors `truth`. */
interface Recipe {
  readonly formula: string;
  readonly columns: Readonly<Record<string, readonly (number | string)[]>>;
  readonly truth: readonly string[];
  readonly priors: readonly string[];
}

/** One generator a kind; the same stream gives the same recipe. */
const recipes = {
  nested,
  crossed,
  crossedWide,
  hugeLevel,
  slopes,
  threeEffects,
  negativeBinomial,
  fewGroups,
  modelledDispersion,
  heavyPriors,
  spikedPriors,
  rareEvents,
} satisfies Readonly<Record<string, (random: Random) => Recipe>>;

export type Kind = keyof typeof recipes;
export const kinds = Object.keys(recipes).filter((name): name is Kind => name in recipes);

/** A response that is nearly constant says nothing; the next stream is tried, so many times. */
const TRIES = 50;

/** The design of a kind with this number: always the same. */
export function hardDesign(kind: Kind, number: number): HardDesign {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const stream = createStream(`${kind} ${number}`, attempt);
    const { formula, columns, truth, priors } = recipes[kind](new Random(stream));
    const rows = Object.values(columns)[0].length;
    const placeholder = Array.from({ length: rows }, (_, row) => row % 2);
    const { compiled, design } = prepareModel([formula, ...truth].join("\n"), { ...columns, y: placeholder });
    const { response } = compiled.simulatePrior(stream);
    const y = new Array<number>(rows).fill(0);
    response.forEach((value, row) => {
      y[design.rowIndex[row]] = value;
    });
    if (!y.every(Number.isFinite) || Math.max(...y) > 1e5 || isNearlyConstant(y)) continue;
    return { name: `${kind} ${number}`, kind, text: [formula, ...priors].join("\n"), columns: { ...columns, y } };
  }
  throw new RangeError(`no response of ${kind} ${number} varies`);
}

/** Fewer than two rows differ from the most frequent value. */
function isNearlyConstant(y: readonly number[]): boolean {
  const counts = new Map<number, number>();
  for (const value of y) counts.set(value, (counts.get(value) ?? 0) + 1);
  return y.length - Math.max(...counts.values()) < 2;
}

class Random {
  readonly stream: RandomStream;
  constructor(stream: RandomStream) {
    this.stream = stream;
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.stream.uniform();
  }
  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.stream.uniform());
  }
  /** Uniform on the log scale. */
  scale(low: number, high: number): number {
    return Math.exp(this.between(Math.log(low), Math.log(high)));
  }
  pick<T>(...from: readonly T[]): T {
    return from[Math.floor(from.length * this.stream.uniform())];
  }
  normals(count: number): number[] {
    return Array.from({ length: count }, () => this.stream.normal());
  }
}

interface ResponseOf {
  readonly lines: (mean: string) => string;
  readonly truth: readonly string[];
}

const binary: ResponseOf = { lines: (mean) => `y ~ bernoulli(p)\nlogit(p) = ${mean}`, truth: [] };
const counts: ResponseOf = { lines: (mean) => `y ~ poisson(mu)\nlog(mu) = ${mean}`, truth: [] };
const trials: ResponseOf = { lines: (mean) => `y ~ binomial(size, p)\nlogit(p) = ${mean}`, truth: [] };

function normal(sigma: number): ResponseOf {
  return { lines: (mean) => `y ~ normal(mu, sigma)\nmu = ${mean}`, truth: [held("sigma", sigma)] };
}

function overdispersed(phi: number): ResponseOf {
  return {
    lines: (mean) => `y ~ negative_binomial(mu, phi)\nlog(mu) = ${mean}`,
    truth: [`prior phi ~ normal(${phi}, ${1e-6 * phi})`],
  };
}

/** A prior that is a number but for the sixth digit. */
function held(name: string, value: number): string {
  return `prior ${name} ~ normal(${value.toFixed(4)}, 1e-6)`;
}

function repeat(count: number, of: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => of(i));
}

/** Levels and rows a level, at random but all met. */
function grouping(random: Random, rows: number, levels: number): number[] {
  return repeat(rows, (i) => (i < levels ? i + 1 : random.whole(1, levels)));
}

function recipe(
  { lines, truth }: ResponseOf,
  mean: string,
  columns: Recipe["columns"],
  held: readonly string[],
  priors: readonly string[] = [],
): Recipe {
  return { formula: lines(mean), columns, truth: [...truth, ...held], priors };
}

function nested(random: Random): Recipe {
  const [schools, classes, rows] = [random.whole(4, 15), random.whole(2, 5), random.whole(2, 6)];
  const n = schools * classes * rows;
  const columns = {
    x: random.normals(n),
    school: repeat(n, (i) => 1 + Math.floor(i / (classes * rows))),
    class: repeat(n, (i) => 1 + Math.floor(i / rows)),
    size: repeat(n, () => random.whole(1, 8)),
  };
  const response = random.pick(binary, trials, counts, normal(random.between(0.5, 2)));
  return recipe(response, "1 + x + (1 | school/class)", columns, [
    held("beta[Intercept]", random.between(-1.5, 1)),
    held("beta[x]", random.between(-1, 1)),
    held("sd[school, Intercept]", random.between(0.1, 2)),
    held("sd[school:class, Intercept]", random.between(0.1, 2)),
  ]);
}

function crossedOf(random: Random, [a, b]: readonly [number, number], rows: number, most: number): Recipe {
  const columns = {
    x: random.normals(rows),
    g: grouping(random, rows, a),
    h: grouping(random, rows, b).reverse(),
    size: repeat(rows, () => random.whole(1, 6)),
  };
  const response = random.pick(binary, binary, trials, counts);
  const highest = response === counts ? Math.min(most, 1.5) : most;
  return recipe(response, "1 + x + (1 | g) + (1 | h)", columns, [
    held("beta[Intercept]", random.between(-2, 1)),
    held("beta[x]", random.between(-1, 1)),
    held("sd[g, Intercept]", random.between(0.2, highest)),
    held("sd[h, Intercept]", random.between(0.2, highest)),
  ]);
}

function crossed(random: Random): Recipe {
  const sizes = [random.whole(3, 8), random.whole(5, 20)] as const;
  return crossedOf(random, sizes, sizes[0] * sizes[1] * random.whole(1, 3), 3.5);
}

function crossedWide(random: Random): Recipe {
  return crossedOf(random, [random.whole(8, 60), random.whole(8, 60)], random.whole(150, 400), 3);
}

/** One level with most of the rows beside levels of one or two rows. */
function hugeLevel(random: Random): Recipe {
  const [huge, singles, others] = [random.whole(150, 400), random.whole(15, 40), random.whole(3, 8)];
  const rows = huge + singles;
  const columns = {
    x: random.normals(rows),
    g: repeat(rows, (i) => (i < huge ? 1 : i - huge + 2)),
    h: repeat(rows, () => random.whole(1, others)),
  };
  const random2 = random.pick("(1 | g)", "(1 | g) + (1 | h)", "(1 | g) + (1 | h)");
  return recipe(random.pick(binary, binary, counts), `1 + x + ${random2}`, columns, [
    held("beta[Intercept]", random.between(-2, 0.5)),
    held("beta[x]", random.between(-1, 1)),
    held("sd[g, Intercept]", random.between(0.3, 2.5)),
    ...(random2.includes("h") ? [held("sd[h, Intercept]", random.between(0.3, 2))] : []),
  ]);
}

function slopes(random: Random): Recipe {
  const [groups, each] = [random.whole(3, 8), random.whole(4, 20)];
  const n = groups * each;
  const columns = {
    x: random.normals(n),
    g: repeat(n, (i) => 1 + Math.floor(i / each)),
    size: repeat(n, () => random.whole(1, 6)),
  };
  const response = random.pick(binary, trials, counts, normal(random.between(0.5, 1.5)));
  const bars = random.pick("(1 + x | g)", "(1 + x | g)", "(1 + x || g)");
  return recipe(response, `1 + x + ${bars}`, columns, [
    held("beta[Intercept]", random.between(-1, 1)),
    held("beta[x]", random.between(-0.7, 0.7)),
    held("sd[g, Intercept]", random.between(0.2, 1.5)),
    held("sd[g, x]", random.between(0.1, 1)),
  ]);
}

function threeEffects(random: Random): Recipe {
  const [groups, each] = [random.whole(5, 25), random.whole(4, 12)];
  const n = groups * each;
  const columns = {
    x: random.normals(n),
    z: random.normals(n),
    g: repeat(n, (i) => 1 + Math.floor(i / each)),
    size: repeat(n, () => random.whole(1, 6)),
  };
  const response = random.pick(trials, counts, normal(random.between(0.5, 1.5)));
  return recipe(response, "1 + x + z + (1 + x + z | g)", columns, [
    held("beta[Intercept]", random.between(-1, 1)),
    held("beta[x]", random.between(-0.5, 0.5)),
    held("beta[z]", random.between(-0.5, 0.5)),
    held("sd[g, Intercept]", random.between(0.2, 1.2)),
    held("sd[g, x]", random.between(0.1, 0.8)),
    held("sd[g, z]", random.between(0.1, 0.8)),
  ]);
}

function negativeBinomial(random: Random): Recipe {
  const [groups, each] = [random.whole(4, 20), random.whole(3, 10)];
  const n = groups * each;
  const columns = { x: random.normals(n), g: repeat(n, (i) => 1 + Math.floor(i / each)) };
  return recipe(overdispersed(random.scale(0.3, 1000)), "1 + x + (1 | g)", columns, [
    held("beta[Intercept]", random.between(0, 2.5)),
    held("beta[x]", random.between(-0.5, 0.5)),
    held("sd[g, Intercept]", random.between(0.2, 1.2)),
  ]);
}

function fewGroups(random: Random): Recipe {
  const [groups, each] = [random.whole(3, 5), random.whole(3, 15)];
  const n = groups * each;
  const columns = { x: random.normals(n), g: repeat(n, (i) => 1 + Math.floor(i / each)) };
  return recipe(normal(random.scale(0.3, 3)), "1 + x + (1 | g)", columns, [
    held("beta[Intercept]", random.between(-3, 3)),
    held("beta[x]", random.between(-1, 1)),
    held("sd[g, Intercept]", random.scale(0.1, 4)),
  ]);
}

function modelledDispersion(random: Random): Recipe {
  const [groups, each] = [random.whole(4, 12), random.whole(5, 12)];
  const n = groups * each;
  const columns = { x: random.normals(n), g: repeat(n, (i) => 1 + Math.floor(i / each)) };
  const isNormal = random.stream.uniform() < 0.5;
  const mean = "1 + x + (1 | g)";
  const lines = isNormal
    ? () => `y ~ normal(mu, sigma)\nmu = ${mean}\nlog(sigma) = 1 + x`
    : () => `y ~ negative_binomial(mu, phi)\nlog(mu) = ${mean}\nlog(phi) = 1 + x`;
  const name = isNormal ? "sigma" : "phi";
  return recipe({ lines, truth: [] }, mean, columns, [
    held("beta[Intercept]", random.between(0, 2)),
    held("beta[x]", random.between(-0.5, 0.5)),
    held("sd[g, Intercept]", random.between(0.2, 1.5)),
    held(`${name}.beta[Intercept]`, isNormal ? random.between(-1, 1) : random.between(-0.5, 3)),
    held(`${name}.beta[x]`, random.between(-0.8, 0.8)),
  ]);
}

function heavyPriors(random: Random): Recipe {
  const [groups, each] = [random.whole(3, 10), random.whole(2, 8)];
  const n = groups * each;
  const columns = {
    x: random.normals(n),
    g: repeat(n, (i) => 1 + Math.floor(i / each)),
    size: repeat(n, () => random.whole(1, 6)),
  };
  const response = random.pick(binary, trials, counts, normal(random.between(0.5, 2)));
  const truth = [
    held("beta[Intercept]", random.between(-2, 1)),
    held("beta[x]", random.between(-2, 2)),
    held("sd[g, Intercept]", random.between(0.2, 2)),
  ];
  const priors = [
    `prior intercept ~ ${random.pick("cauchy(0, 2.5)", "student_t(2, 0, 5)", "normal(0, 5)")}`,
    `prior beta ~ ${random.pick("cauchy(0, 1)", "student_t(3, 0, 2)", "cauchy(0, 2.5)")}`,
    `prior sd ~ ${random.pick("half_cauchy(1)", "half_cauchy(5)", "half_student_t(2, 3)", "uniform(0, 20)")}`,
  ];
  return recipe(response, "1 + x + (1 | g)", columns, truth, priors);
}

/** Intercepts alone, so that the posterior can be integrated on a grid. */
function spikedPriors(random: Random): Recipe {
  const [groups, each] = [random.whole(4, 12), random.whole(3, 10)];
  const n = groups * each;
  const columns = { g: repeat(n, (i) => 1 + Math.floor(i / each)) };
  const response = random.pick(binary, counts, normal(random.between(0.5, 1)));
  const truth = [
    held("beta[Intercept]", random.between(-1, 1)),
    held("sd[g, Intercept]", random.between(0.3, response === binary ? 2 : 1.2)),
  ];
  const [shape, rate] = [random.pick(0.01, 0.1, 0.5, 1, 2), random.scale(0.001, 0.1)];
  const priors = [
    "prior intercept ~ normal(0, 3)",
    `prior sd ~ inverse_gamma(${shape}, ${rate.toFixed(5)})`,
    ...(response.truth.length > 0 ? ["prior sigma ~ exponential(1)"] : []),
  ];
  return recipe(response, "1 + (1 | g)", columns, truth, priors);
}

function rareEvents(random: Random): Recipe {
  const [groups, each] = [random.whole(5, 40), random.whole(4, 10)];
  const n = groups * each;
  const columns = {
    x: random.normals(n),
    g: repeat(n, (i) => 1 + Math.floor(i / each)),
    size: repeat(n, () => random.whole(5, 50)),
  };
  const rate = random.between(2, 8);
  const response = random.pick(binary, counts, trials);
  const intercept = Math.log(rate / n) - (response === trials ? Math.log(27) : 0);
  return recipe(response, "1 + x + (1 | g)", columns, [
    held("beta[Intercept]", intercept),
    held("beta[x]", random.between(-0.7, 0.7)),
    held("sd[g, Intercept]", random.between(0.2, 1.5)),
  ]);
}
