/** A model whose Stan program is compared with its log density. */
export interface StanCase {
  readonly name: string;
  readonly model: string;
}

/** Every family and link, prior, truncation and random structure of the language, on the table of `stanTable`. */
export const stanCases: readonly StanCase[] = [
  {
    name: "poisson, log: offset, correlated and crossed effects, default priors",
    model:
      "count ~ poisson(mu)\nlog(mu) = 1 + x + kind + offset(log(time)) + (1 + x | g) + (1 | h)\nprior cor ~ lkj(2)",
  },
  {
    name: "bernoulli, probit: bounded coefficients, the raw intercept",
    model:
      "cured ~ bernoulli(p)\nprobit(p) = 1 + x + w + kind + (1 | g)\nprior beta[Intercept] ~ normal(0.2, 2)\nprior beta[x] ~ half_normal(1)\nprior beta[w] ~ uniform(-2, 3)\nprior beta[kind.b] ~ cauchy(0, 2)\nprior sd ~ uniform(0, 4)",
  },
  {
    name: "bernoulli, cloglog: weights, priors on a variance and a precision",
    model:
      "cured | weights(w) ~ bernoulli(p)\ncloglog(p) = 1 + x + (1 | g) + (1 | h)\nprior var[g] ~ inverse_gamma(2, 1)\nprior precision[h] ~ gamma(2, 1.5)",
  },
  {
    name: "bernoulli, log: a coefficient bounded from above",
    model:
      "cured ~ bernoulli(p)\nlog(p) = 0 + one + (1 | g)\nprior beta[one] ~ uniform(-3, -2)\nprior sd ~ constant(0.2)",
  },
  {
    name: "binomial, logit: nested effects",
    model:
      "events | trials(size) ~ binomial(p)\nlogit(p) = 1 + x + (1 | h/g)\nprior beta ~ student_t(4, 0, 2)\nprior sd[h] ~ exponential(1.5)\nprior sd[h:g] ~ lognormal(0, 0.5)",
  },
  {
    name: "binomial, identity: a beta prior on a probability, a held sd",
    model: "events ~ binomial(size, p)\np = 1 + (1 | g)\nprior beta[Intercept] ~ beta(8, 9)\nprior sd ~ constant(0.01)",
  },
  {
    name: "binomial, probit: weights",
    model: "events | weights(w) ~ binomial(size, p)\nprobit(p) = 1 + x + (1 | g)\nprior sd ~ half_cauchy(1)",
  },
  {
    name: "negative binomial, log: a line of the dispersion with effects of its own",
    model:
      "count ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 + z | g)\nlog(phi) = 1 + x + (1 | h)\nprior phi.beta[x] ~ normal(0, 0.5)",
  },
  {
    name: "negative binomial, identity: a scalar dispersion",
    model:
      "count ~ negative_binomial(mu, phi)\nmu = 0 + one\nprior beta[one] ~ gamma(4, 1)\nprior phi ~ lognormal(0.5, 1)",
  },
  {
    name: "poisson, identity: a positive coefficient",
    model:
      "count ~ poisson(mu)\nmu = 0 + one\nprior beta[one] ~ normal(2, 3)\nprior beta[one] ~ inverse_gamma(3, 8)".replace(
        "prior beta[one] ~ normal(2, 3)\n",
        "",
      ),
  },
  {
    name: "normal, identity: precision weights, independent effects, held correlation and sd",
    model:
      "score | weights(w) ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g) + (1 + z || h)\nprior cor[g] ~ constant(0.3)\nprior sd[g, x] ~ constant(0.5)\nprior beta ~ flat()\nprior sigma ~ half_student_t(3, 2)",
  },
  {
    name: "normal, log: known errors with sigma",
    model: "score | se(error, sigma) ~ normal(mu, sigma)\nlog(mu) = 1 + x + (1 | g)\nprior intercept ~ normal(0, 1)",
  },
  {
    name: "normal, identity: sigma on its own scale, three correlated effects",
    model:
      "score ~ normal(mu, sigma)\nmu = 1 + x + z + (1 + x + z | g)\nsigma = 1\nprior sigma.beta[Intercept] ~ uniform(0.5, 3)\nprior cor ~ lkj(1.5)\nprior sd[g, Intercept] ~ normal(1, 1)\nprior sd[g, x] ~ half_normal(2)",
  },
];

/** A fixed table of 48 rows, by a congruential generator. */
export function stanTable(): Readonly<Record<string, readonly (number | string)[]>> {
  let state = 20261130;
  const uniform = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state + 0.5) / 2147483648;
  };
  const rows = Array.from({ length: 48 }, (_, i) => ({
    i,
    a: uniform(),
    b: uniform(),
    c: uniform(),
    d: uniform(),
    e: uniform(),
  }));
  const column = <T extends number | string>(of: (row: (typeof rows)[number]) => T) => rows.map(of);
  return {
    x: column(({ a }) => Number((4 * a - 2).toFixed(3))),
    z: column(({ b }) => Number((10 * b).toFixed(2))),
    one: column(() => 1),
    kind: column(({ i }) => "abc"[i % 3]),
    g: column(({ i }) => `g${Math.floor(i / 6)}`),
    h: column(({ i }) => `h${i % 4}`),
    count: column(({ c }) => Math.floor(7 * c * c)),
    cured: column(({ d }) => (d < 0.4 ? 1 : 0)),
    size: column(({ i }) => 3 + (i % 5)),
    events: column(({ i, e }) => Math.floor(e * (4 + (i % 5)))),
    time: column(({ b }) => Number((0.5 + b).toFixed(2))),
    w: column(({ c }) => Number((0.5 + 2 * c).toFixed(2))),
    score: column(({ a, e }) => Number((3 + a - 2 * e).toFixed(3))),
    error: column(({ d }) => Number((0.2 + d).toFixed(2))),
  };
}
