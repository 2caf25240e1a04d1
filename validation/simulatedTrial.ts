/** A response, covariates and a grouping factor, as columns. */
export interface SimulatedTrial {
  readonly groups: number;
  readonly model: string;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

const covariates = ["x1", "x2", "x3", "x4", "x5", "x6"];

/** Rows of a logistic model with random intercepts: unless told, about a hundred a group, at most 10,000 groups; in no order. */
export function simulatedTrial(
  rows: number,
  groups = Math.min(10_000, Math.max(10, Math.floor(rows / 100))),
): SimulatedTrial {
  const uniform = lehmer(1);
  const effects = Float64Array.from({ length: groups }, () => 2 * (uniform() - 0.5));
  const columns: Record<string, Float64Array> = { y: new Float64Array(rows), group: new Float64Array(rows) };
  for (const name of covariates) columns[name] = Float64Array.from({ length: rows }, () => 2 * uniform() - 1);
  for (let row = 0; row < rows; row++) {
    const group = Math.floor(uniform() * groups);
    let eta = effects[group];
    for (const name of covariates) eta += 0.3 * columns[name][row];
    columns.group[row] = group;
    columns.y[row] = uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0;
  }
  return { groups, model: `y ~ bernoulli(p)\nlogit(p) = 1 + ${covariates.join(" + ")} + (1 | group)`, columns };
}

/** Rows of a Poisson model with random intercepts, ten a group, in no order. */
export function simulatedCounts(rows: number): SimulatedTrial {
  const groups = rows / 10;
  const uniform = lehmer(2);
  const effects = Float64Array.from({ length: groups }, () => 2 * (uniform() - 0.5));
  const columns = { y: new Float64Array(rows), x: new Float64Array(rows), group: new Float64Array(rows) };
  for (let row = 0; row < rows; row++) {
    const group = Math.floor(uniform() * groups);
    columns.x[row] = 2 * uniform() - 1;
    columns.group[row] = group;
    columns.y[row] = poisson(Math.exp(0.5 + 0.3 * columns.x[row] + effects[group]), uniform);
  }
  return { groups, model: "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | group)", columns };
}

/** Arrivals before time 1. */
function poisson(mean: number, uniform: () => number): number {
  const wait = () => -Math.log(uniform()) / mean;
  let count = 0;
  for (let time = wait(); time < 1; time += wait()) count++;
  return count;
}

/** Uniforms on (0, 1): the multiplicative congruential generator of Park & Miller (1988). */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (48271 * state) % 2147483647;
    return state / 2147483647;
  };
}
