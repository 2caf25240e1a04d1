import { createStream } from "marginalia";

type Stream = ReturnType<typeof createStream>;

/** The response of simulated data, under its canonical link. */
export type ResponseFamily = "normal" | "poisson" | "bernoulli";
/** Which effects the groups have, all correlated with one another. */
export type Slopes = "x" | "x + z";

/** Simulated data: rows in groups that differ in intercept and slopes. */
export interface GroupedData {
  readonly seed: string;
  readonly model: string;
  readonly columns: Readonly<Record<string, readonly (number | string)[]>>;
}

const responses: Readonly<Record<ResponseFamily, string>> = {
  normal: "y ~ normal(mu, sigma)\nmu",
  poisson: "y ~ poisson(mu)\nlog(mu)",
  bernoulli: "y ~ bernoulli(p)\nlogit(p)",
};

/** Standard deviations of effects; zero, and values that the data hardly tell from it, come often. */
const sds = [0, 0, 0.1, 0.3, 0.6, 1, 2];

/** The random part of the model's text. */
export type RandomPart = (slopes: Slopes) => string;

const singleFactor: RandomPart = (slopes) => `(1 + ${slopes} | g)`;

/**
 * A data set drawn for a seed: 5 to 40 groups of equal or very different sizes, covariates within groups or of groups, sds of which some
 * are zero, correlations anywhere from -1 to 1. Columns y, x, z, g, and k (3 groups within each g), h (crossed with g), for other random parts.
 */
export function groupedData(
  family: ResponseFamily,
  slopes: Slopes,
  seed: number,
  random: RandomPart = singleFactor,
): GroupedData {
  const name = `${family} ${slopes} ${seed}`;
  const stream = createStream(name, 0);
  const groups = 5 + Math.floor(36 * stream.uniform());
  const sizes = groupSizes(stream, groups);
  const g = sizes.flatMap((size, j) => new Array<number>(size).fill(j));
  const [x, z] = [covariate(stream, g), covariate(stream, g)];
  const effects = correlatedEffects(stream, groups, slopes === "x" ? 2 : 3);
  const intercept = family === "normal" ? 2 * stream.normal() : 0.7 * stream.normal();
  const eta = g.map(
    (j, i) => intercept + 0.5 * x[i] + effects[j][0] + effects[j][1] * x[i] + (effects[j][2] ?? 0) * z[i],
  );
  const y = eta.map((value) => drawn(stream, family, value));
  const [k, h] = [
    g.map((j) => 3 * j + Math.floor(3 * stream.uniform())),
    g.map(() => Math.floor(7 * stream.uniform())),
  ];
  return {
    seed: name,
    model: `${responses[family]} = 1 + x + z + ${random(slopes)}`,
    columns: { y, x, z, g: labels("g", g), k: labels("k", k), h: labels("h", h) },
  };
}

const labels = (prefix: string, levels: readonly number[]) => levels.map((level) => `${prefix}${level}`);

function groupSizes(stream: Stream, groups: number): number[] {
  const mean = 3 + Math.floor(10 * stream.uniform());
  const isBalanced = stream.uniform() < 0.4;
  return Array.from({ length: groups }, () => (isBalanced ? mean : 1 + Math.floor(-mean * Math.log(stream.uniform()))));
}

/** Numbers within groups, visits counted from the group's first, or one number a group with little noise. */
function covariate(stream: Stream, g: readonly number[]): number[] {
  const kind = Math.floor(3 * stream.uniform());
  const ofGroup = Array.from({ length: 1 + Math.max(...g) }, () => stream.normal());
  return g.map((j, i) => {
    if (kind === 0) return stream.normal();
    if (kind === 1) return 0.4 * (i - g.indexOf(j));
    return ofGroup[j] + 0.3 * stream.normal();
  });
}

/** Rows of normal effects whose factor of the correlation is drawn, or has less than full rank. */
function correlatedEffects(stream: Stream, groups: number, q: number): number[][] {
  const scales = Array.from({ length: q }, () => sds[Math.floor(sds.length * stream.uniform())]);
  const rank = stream.uniform() < 0.4 ? 1 : q;
  const directions = scales.map(() => unit(Array.from({ length: rank }, () => stream.normal())));
  return Array.from({ length: groups }, () => {
    const u = Array.from({ length: rank }, () => stream.normal());
    return scales.map((scale, r) => scale * directions[r].reduce((sum, part, c) => sum + part * u[c], 0));
  });
}

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return vector.map((x) => x / length);
}

function drawn(stream: Stream, family: ResponseFamily, eta: number): number {
  if (family === "normal") return eta + stream.normal();
  if (family === "bernoulli") return stream.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0;
  return poisson(stream, Math.exp(Math.min(eta, 5)));
}

/** Arrivals before time 1. */
function poisson(stream: Stream, mean: number): number {
  const wait = () => -Math.log(stream.uniform()) / mean;
  let count = 0;
  for (let time = wait(); time < 1; time += wait()) count++;
  return count;
}
