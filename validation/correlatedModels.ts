import { createStream, type RandomStream } from "marginalia";

/** A model with random effects of which three to five are correlated, and data simulated from it. */
export interface CorrelatedModel {
  readonly name: string;
  readonly model: string;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

interface SimulatedFamily {
  readonly head: string;
  /** A response given its linear predictor. */
  readonly respond: (eta: number, stream: RandomStream) => number;
  /** Size of the effects, on the scale of the linear predictor. */
  readonly scale: number;
  readonly constant: number;
}

const TRIALS = 8;

const families: Readonly<Record<string, SimulatedFamily>> = {
  normal: {
    head: "y ~ normal(mu, sigma)\nmu",
    respond: (eta, stream) => eta + stream.normal(),
    scale: 1,
    constant: 2,
  },
  poisson: {
    head: "y ~ poisson(mu)\nlog(mu)",
    respond: (eta, stream) => poisson(Math.exp(Math.min(eta, 6)), stream),
    scale: 0.5,
    constant: 1,
  },
  bernoulli: {
    head: "y ~ bernoulli(p)\nlogit(p)",
    respond: (eta, stream) => (stream.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0),
    scale: 1,
    constant: 0.3,
  },
  binomial: {
    head: "y ~ binomial(size, p)\nlogit(p)",
    respond: (eta, stream) => successes(TRIALS, 1 / (1 + Math.exp(-eta)), stream),
    scale: 0.7,
    constant: 0,
  },
};

/** The model of a seed: a family, three to five correlated effects of one factor, and in every third model a second term. */
export function correlatedModel(seed: number): CorrelatedModel {
  const stream = createStream(`correlated effects ${seed}`, 1);
  const names = Object.keys(families);
  const family = names[seed % names.length];
  const effects = 3 + (Math.floor(seed / names.length) % 3);
  const second = seed % 3 === 2 ? (seed % 2 === 0 ? "intercept" : "slopes") : "none";
  const groups = whole(stream, 10, 40);
  const rows = groups * whole(stream, 6, 24);
  const { head, respond, scale, constant } = families[family];
  const covariates = Array.from({ length: effects - 1 }, (_, k) => `x${k + 1}`);
  const columns: Record<string, Float64Array> = {
    g: Float64Array.from({ length: rows }, (_, i) => i % groups),
    h: Float64Array.from({ length: rows }, () => Math.floor(8 * stream.uniform())),
  };
  if (family === "binomial") columns.size = new Float64Array(rows).fill(TRIALS);
  for (const name of [...covariates, "w1", "w2"])
    columns[name] = Float64Array.from({ length: rows }, () => stream.normal());
  const eta = new Float64Array(rows).fill(constant * scale);
  for (const name of covariates.slice(0, 2)) addScaled(eta, columns[name], 0.4 * scale);
  const terms = [`(1 + ${covariates.join(" + ")} | g)`];
  addEffects(eta, columns, { factor: "g", groups, covariates: [null, ...covariates] }, scale, stream);
  if (second === "intercept") {
    terms.push("(1 | h)");
    addEffects(eta, columns, { factor: "h", groups: 8, covariates: [null] }, scale, stream);
  }
  if (second === "slopes") {
    terms.push("(0 + x1 + w1 + w2 | h)");
    addEffects(eta, columns, { factor: "h", groups: 8, covariates: ["x1", "w1", "w2"] }, scale, stream);
  }
  columns.y = eta.map((value) => respond(value, stream));
  return {
    name: `${seed} ${family}, ${effects} effects, ${groups} groups, ${rows} rows${second === "none" ? "" : `, ${terms[1]}`}`,
    model: `${head} = 1 + ${[...covariates, ...terms].join(" + ")}`,
    columns,
  };
}

interface Term {
  readonly factor: string;
  readonly groups: number;
  /** Null is the intercept. */
  readonly covariates: readonly (string | null)[];
}

/** Effects with sds about `scale` and correlations of any size, the rows of Lambda being normal. */
function addEffects(
  eta: Float64Array,
  columns: Readonly<Record<string, Float64Array>>,
  { factor, groups, covariates }: Term,
  scale: number,
  stream: RandomStream,
): void {
  const q = covariates.length;
  const Lambda = Array.from({ length: q }, () => {
    const row = Array.from({ length: q }, () => stream.normal());
    const sd = scale * (0.3 + stream.uniform());
    const length = Math.hypot(...row);
    return row.map((x) => (sd * x) / length);
  });
  for (let group = 0; group < groups; group++) {
    const u = Array.from({ length: q }, () => stream.normal());
    const b = Lambda.map((row) => row.reduce((total, x, k) => total + x * u[k], 0));
    for (let i = 0; i < eta.length; i++)
      if (columns[factor][i] === group)
        covariates.forEach((name, k) => {
          eta[i] += b[k] * (name === null ? 1 : columns[name][i]);
        });
  }
}

function addScaled(target: Float64Array, values: Float64Array, by: number): void {
  for (let i = 0; i < target.length; i++) target[i] += by * values[i];
}

function whole(stream: RandomStream, least: number, most: number): number {
  return least + Math.floor((most - least + 1) * stream.uniform());
}

function successes(size: number, p: number, stream: RandomStream): number {
  let count = 0;
  for (let k = 0; k < size; k++) if (stream.uniform() < p) count++;
  return count;
}

/** Arrivals before time 1. */
function poisson(mean: number, stream: RandomStream): number {
  const wait = () => -Math.log(stream.uniform()) / mean;
  let count = 0;
  for (let time = wait(); time < 1; time += wait()) count++;
  return count;
}
