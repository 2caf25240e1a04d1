/** A model to be calibrated: what the data are simulated from, and what is fitted to them. */
export interface Structure {
  readonly name: string;
  /** Proper priors of its own for everything: both sides must have the same. */
  readonly model: string;
  /** The design: covariates and groups, and any response that the family takes. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

const column = (rows: number, of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row));

export const structures: readonly Structure[] = [
  {
    name: "correlated slopes, Poisson",
    model: `y ~ poisson(mu)
            log(mu) = 1 + x + (1 + x | g)
            prior intercept ~ normal(1, 0.5)
            prior beta ~ normal(0, 0.5)
            prior sd ~ half_normal(0.6)
            prior cor ~ lkj(2)`,
    columns: {
      y: column(80, () => 1),
      x: column(80, (row) => (row % 5) / 2 - 1),
      g: column(80, (row) => Math.floor(row / 5)),
    },
  },
  {
    name: "nested, Bernoulli",
    model: `y ~ bernoulli(p)
            logit(p) = 1 + x + (1 | school) + (1 | class)
            prior intercept ~ normal(0, 1)
            prior beta ~ normal(0, 1)
            prior sd ~ half_normal(1)`,
    columns: {
      y: column(160, (row) => row % 2),
      x: column(160, (row) => ((row * 7) % 11) / 5 - 1),
      school: column(160, (row) => Math.floor(row / 20)),
      class: column(160, (row) => Math.floor(row / 5)),
    },
  },
  {
    name: "crossed, normal",
    model: `y ~ normal(mu, sigma)
            mu = 1 + x + (1 | plate) + (1 | sample)
            prior intercept ~ normal(0, 2)
            prior beta ~ normal(0, 1)
            prior sd ~ lognormal(-0.5, 0.5)
            prior sigma ~ lognormal(-0.5, 0.5)`,
    columns: {
      y: column(60, (row) => row % 3),
      x: column(60, (row) => ((row * 13) % 17) / 8 - 1),
      plate: column(60, (row) => Math.floor(row / 5)),
      sample: column(60, (row) => row % 5),
    },
  },
  {
    name: "one factor, negative binomial",
    model: `y ~ negative_binomial(mu, phi)
            log(mu) = 1 + x + (1 | g)
            prior intercept ~ normal(1.5, 0.5)
            prior beta ~ normal(0, 0.5)
            prior sd ~ half_normal(0.6)
            prior phi ~ gamma(4, 2)`,
    columns: {
      y: column(96, () => 1),
      x: column(96, (row) => (row % 2) - 0.5),
      g: column(96, (row) => Math.floor(row / 8)),
    },
  },
];
