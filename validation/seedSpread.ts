import { type Fit, fit, type SummaryRow } from "marginalia";
import { readTable } from "marginalia/node";

/** A model whose results are compared over seeds. */
export interface SeedCase {
  readonly name: string;
  /** Below the folder of data. */
  readonly file: string;
  readonly text: string;
}

const PRIORS = "prior intercept ~ normal(0, 5)\nprior beta ~ normal(0, 2.5)\nprior sd ~ student_t(3, 0, 2.5)\n";
const COUNTS = "count ~ poisson(mu)\nlog(mu) = 1 + treatment + (1 | clinic)";
const CURED = "cured ~ bernoulli(p)\nlogit(p) = 1 + treated + (1 | clinic)";
const TRIAL = "favorable ~ binomial(patients, p)\nlogit(p) = 1 + treatment";

/** Nested and crossed factors, slopes, every family, a modelled dispersion, and separation under light and heavy tails. */
export const seedCases: readonly SeedCase[] = [
  { name: "rcbd_olre", file: "rcbd.csv", text: `${COUNTS} + (1 | clinic:treatment)\n${PRIORS}` },
  {
    name: "cbpp",
    file: "cbpp.csv",
    text: `incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)\n${PRIORS}`,
  },
  {
    name: "epilepsy",
    file: "epilepsy.csv",
    text: `count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)\n${PRIORS}`,
  },
  {
    name: "toenail",
    file: "toenail.csv",
    text: `outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)\n${PRIORS}`,
  },
  { name: "multicenter", file: "multicenter.csv", text: `${TRIAL} + (1 | clinic)\n${PRIORS}` },
  { name: "multicenter_slopes", file: "multicenter.csv", text: `${TRIAL} + (1 + treatment | clinic)\n${PRIORS}` },
  {
    name: "sleepstudy",
    file: "sleepstudy.csv",
    text: "Reaction ~ normal(mu, sigma)\nmu = 1 + Days + (1 + Days | Subject)",
  },
  {
    name: "penicillin",
    file: "penicillin.csv",
    text: "diameter ~ normal(mu, sigma)\nmu = 1 + (1 | plate) + (1 | sample)",
  },
  {
    name: "epil_nb_dispersion",
    file: "epil.csv",
    text: "y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)\nlog(phi) = 1 + trt",
  },
  {
    name: "biochemists_nb",
    file: "biochemists.csv",
    text: "art ~ negative_binomial(mu, phi)\nlog(mu) = 1 + fem + mar + kid5 + phd + ment",
  },
  { name: "separation", file: "field/separation.csv", text: CURED },
  {
    name: "separation_cauchy",
    file: "field/separation.csv",
    text: `${CURED}\nprior intercept ~ cauchy(0, 10)\nprior beta ~ cauchy(0, 2.5)`,
  },
];

/** The numbers of a summary, and the fields of their Monte Carlo standard errors. */
export const NUMBERS = { mean: "mcse", sd: "mcseSd", median: "mcseMedian", q5: "mcseQ5", q95: "mcseQ95" } as const;
export type NumberName = keyof typeof NUMBERS;

/** How one number of one quantity varies over seeds. */
export interface Spread {
  readonly quantity: string;
  readonly isEffect: boolean;
  readonly number: NumberName;
  /** Standard deviation over the seeds, in posterior sds. */
  readonly spread: number;
  /** Root mean square over the seeds of the standard error reported, in posterior sds; NaN where none is. */
  readonly reported: number;
}

export interface SeedResult {
  readonly spreads: readonly Spread[];
  /** Seeds whose guard trusts the result. */
  readonly trusted: number;
  readonly seeds: number;
}

/** Fits a model under the seeds 1 to `seeds`. */
export async function seedSpread(
  { file, text }: SeedCase,
  data: string,
  engine: "laplace" | "inla",
  seeds: number,
): Promise<SeedResult> {
  const table = await readTable(`${data}/${file}`);
  const fits: Fit[] = [];
  for (let seed = 1; seed <= seeds; seed++) fits.push(await fit(text, table, { engine, seed }));
  const spreadsOf = (runs: readonly (readonly SummaryRow[])[], isEffect: boolean) =>
    runs[0].flatMap((_, k) => spreadsOfRow(runs.map((rows) => rows[k])).map((spread) => ({ ...spread, isEffect })));
  const summaries = fits.map((one) => one.summary());
  return {
    spreads: [
      ...spreadsOf(
        summaries.map(({ parameters }) => parameters),
        false,
      ),
      ...spreadsOf(
        summaries.map(({ randomEffects }) => randomEffects),
        true,
      ),
    ],
    trusted: fits.filter(({ posterior }) => posterior.record.approximation?.guard.isTrusted).length,
    seeds,
  };
}

function spreadsOfRow(rows: readonly SummaryRow[]): Omit<Spread, "isEffect">[] {
  const unit = meanOf(rows.map(({ sd }) => sd));
  const names = Object.keys(NUMBERS) as NumberName[];
  return names.map((number) => {
    const values = rows.map((row) => row[number]);
    const centre = meanOf(values);
    const variance = (meanOf(values.map((value) => (value - centre) ** 2)) * rows.length) / (rows.length - 1);
    const squares = rows.map((row) => (row[NUMBERS[number]] ?? Number.NaN) ** 2);
    return {
      quantity: rows[0].name,
      number,
      spread: Math.sqrt(variance) / unit,
      reported: Math.sqrt(meanOf(squares)) / unit,
    };
  });
}

/** Root mean square of the ratios of spread to reported standard error. */
export function typicalRatio(spreads: readonly Spread[]): number {
  return Math.sqrt(meanOf(spreads.map(({ spread, reported }) => (spread / reported) ** 2)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
