import { readFileSync } from "node:fs";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../../src/density/LatentValues.js";
import { cholesky } from "../../../src/math/linalg/cholesky.js";
import { isThere as isFileThere } from "../../../validation/files.js";
import { reference, viewOnData } from "./models.js";

/** A fit by other software that a method of ours has to reach. Its name is that of the entry in the file of references. */
export interface ReferenceCase {
  readonly name: string;
  readonly file: "ml_lme4_glmmtmb" | "ml_aghq" | "ml_more";
  readonly data: string;
  readonly text: string;
  /** The reference's names of our factors, in our order. */
  readonly groups: readonly string[];
  readonly method: "laplace" | "aghq" | "lmm";
  /** Of the quadrature; 1 otherwise. */
  readonly points: number;
  /** R sorts the levels of a factor by the rules of a language; ours are in code-point order, and so are the coefficients then. */
  readonly isSorted?: boolean;
}

/** What a reference says, whichever software made it. */
export interface ReferenceFit {
  /** As it is stated; null where it lacks a constant (lme4 with more than one point). */
  readonly logLikelihood: number | null;
  readonly beta: readonly number[];
  /** Empty where they were not kept. */
  readonly standardErrors: readonly number[];
  /** One a factor of ours: q x q. */
  readonly covariances: readonly (readonly (readonly number[])[])[];
  readonly dispersion: number | null;
  /** Of a linear mixed model. */
  readonly isRestricted: boolean;
  /** Per factor, the conditional modes of its first levels, level-major; empty where they were not kept, or in another order. */
  readonly modes: readonly (readonly number[])[];
}

const models = {
  cbpp: model("cbpp", "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)", "herd"),
  epilepsy: epilepsy("post * trt"),
  epilepsyMain: epilepsy("post + trt"),
  epil: epil("poisson(mu)"),
  epilNegativeBinomial: epil("negative_binomial(mu, phi)"),
  multicenter: multicenter("(1 | clinic)", "clinic"),
  multicenterCells: multicenter("(1 | clinic) + (1 | clinic:treatment)", "clinic", "cell"),
  toenail: toenail("(1 | id)"),
  toenailSlopes: toenail("(1 + time | id)"),
  tvsfpClass: tvsfp("(1 | class)", "class"),
  tvsfp: tvsfp("(1 | school) + (1 | class)", "school", "class"),
  rcbd: rcbd("poisson(mu)", "log(mu)", "(1 | clinic)", "clinic"),
  rcbdCells: rcbd("poisson(mu)", "log(mu)", "(1 | clinic) + (1 | clinic:treatment)", "clinic", "unit"),
  rcbdNegativeBinomial: rcbd("negative_binomial(mu, phi)", "log(mu)", "(1 | clinic)", "clinic"),
  contraception: contraception("(1 | district)"),
  contraceptionSlopes: contraception("(1 + urban | district)"),
  grouseticks: model(
    "grouseticks",
    "TICKS ~ poisson(mu)\nlog(mu) = 1 + factor(YEAR) + cHEIGHT + (1 | LOCATION) + (1 | BROOD) + (1 | INDEX)",
    "LOCATION",
    "BROOD",
    "INDEX",
  ),
  verbagg: model(
    "verbagg",
    'y ~ bernoulli(p)\nlogit(p) = 1 + Anger + relevel(Gender, "F") + btype + situ + (1 | id) + (1 | item)',
    "id",
    "item",
  ),
  rasch: { ...model("verbagg", "y ~ bernoulli(p)\nlogit(p) = 0 + item + (1 | id)", "id"), isSorted: true },
  remission: model("hdp", "remission ~ bernoulli(p)\nlogit(p) = 1 + age + married + il6 + (1 | did)", "did"),
  remissionFull: remissionFull("(1 | did)"),
  remissionSlopes: remissionFull("(1 + length_of_stay | did)"),
  sleepstudy: sleepstudy("(1 + Days | Subject)", "Subject"),
  sleepstudyUncorrelated: sleepstudy("(1 + Days || Subject)", "Subject"),
  penicillin: model(
    "penicillin",
    "diameter ~ normal(mu, sigma)\nmu = 1 + (1 | plate) + (1 | sample)",
    "plate",
    "sample",
  ),
  rcbdLinear: rcbd("normal(mu, sigma)", "mu", "(1 | clinic)", "clinic"),
  mobility: model("hdp", "mobility ~ normal(mu, sigma)\nmu = 1 + age + married + sex + wbc + rbc + (1 | did)", "did"),
  tvsfpLinear: model(
    "tvsfp",
    "thksord ~ normal(mu, sigma)\nmu = 1 + thkspre + cc + tv + (1 | school) + (1 | class)",
    "school",
    "class",
  ),
};

type Model = Pick<ReferenceCase, "data" | "text" | "groups" | "isSorted">;

function model(data: string, text: string, ...groups: string[]): Model {
  return { data, text, groups };
}

function epilepsy(fixed: string): Model {
  const text = `count ~ poisson(mu)\nlog(mu) = 1 + ${fixed} + offset(log(weeks)) + (1 + post | subject)`;
  return model("epilepsy", text, "subject");
}

function epil(response: string): Model {
  return model("epil", `y ~ ${response}\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)`, "subject");
}

function multicenter(random: string, ...groups: string[]): Model {
  const fixed = 'favorable ~ binomial(patients, p)\nlogit(p) = 1 + relevel(treatment, "control")';
  return model("multicenter", `${fixed} + ${random}`, ...groups);
}

function toenail(random: string): Model {
  return model("toenail", `outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + ${random}`, "id");
}

function tvsfp(random: string, ...groups: string[]): Model {
  return model("tvsfp", `thksbin ~ bernoulli(p)\nlogit(p) = 1 + thkspre + cc + tv + ${random}`, ...groups);
}

function rcbd(response: string, left: string, random: string, ...groups: string[]): Model {
  return model("rcbd", `count ~ ${response}\n${left} = 1 + factor(treatment) + ${random}`, ...groups);
}

function contraception(random: string): Model {
  const text = `use ~ bernoulli(p)\nlogit(p) = 1 + age + I(age^2) + urban + livch + ${random}`;
  return model("contraception", text, "district");
}

function remissionFull(random: string): Model {
  const fixed = "1 + il6 + crp + cancer_stage + length_of_stay + experience";
  return model("hdp", `remission ~ bernoulli(p)\nlogit(p) = ${fixed} + ${random}`, "did");
}

function sleepstudy(random: string, group: string): Model {
  return model("sleepstudy", `Reaction ~ normal(mu, sigma)\nmu = 1 + Days + ${random}`, group);
}

/** Entries of a file with the model that each is of. */
function casesOf(
  file: ReferenceCase["file"],
  method: ReferenceCase["method"],
  entries: Readonly<Record<string, keyof typeof models>>,
  points?: number,
): ReferenceCase[] {
  return Object.entries(entries).map(([name, of]) => ({
    name,
    file,
    ...models[of],
    method,
    points: points ?? (method === "aghq" ? Number(/\d+$/.exec(name)?.[0]) : 1),
  }));
}

export const laplaceCases = casesOf("ml_lme4_glmmtmb", "laplace", {
  cbpp_agq1: "cbpp",
  epilepsy_laplace: "epilepsy",
  epilepsy_main_laplace: "epilepsyMain",
  epil_int_agq1: "epil",
  epil_nb: "epilNegativeBinomial",
  multicenter_agq1: "multicenter",
  multicenter_ct: "multicenterCells",
  toenail_agq1: "toenail",
  tvsfp_logit_laplace: "tvsfp",
  rcbd_naive_poisson: "rcbd",
  rcbd_olre: "rcbdCells",
  rcbd_nb: "rcbdNegativeBinomial",
  contraception: "contraception",
  contraception_slope: "contraceptionSlopes",
  grouseticks: "grouseticks",
  verbagg: "verbagg",
  hdp_remission_agq1: "remission",
  hdp_remission_slope_laplace: "remissionSlopes",
});

export const quadratureCases = [
  ...casesOf("ml_lme4_glmmtmb", "aghq", {
    cbpp_agq5: "cbpp",
    cbpp_agq11: "cbpp",
    cbpp_agq25: "cbpp",
    epil_int_agq5: "epil",
    epil_int_agq15: "epil",
    epil_int_agq25: "epil",
    multicenter_agq25: "multicenter",
    toenail_agq5: "toenail",
    toenail_agq11: "toenail",
    toenail_agq25: "toenail",
    toenail_agq50: "toenail",
    verbagg_rasch_agq15: "rasch",
    hdp_remission_agq10: "remission",
    hdp_remission_full_agq10: "remissionFull",
  }),
  ...casesOf("ml_more", "aghq", {
    epilepsy_ga5: "epilepsy",
    epilepsy_ga11: "epilepsy",
    epilepsy_ga21: "epilepsy",
    epil_int_ga11: "epil",
    epil_nb_ga11: "epilNegativeBinomial",
    toenail_ga11: "toenail",
    toenail_ga21: "toenail",
    toenail_slope_ga11: "toenailSlopes",
  }),
  ...casesOf(
    "ml_aghq",
    "aghq",
    {
      cbpp: "cbpp",
      toenail: "toenail",
      multicenter: "multicenter",
      epil: "epil",
      hdp_remission: "remission",
      tvsfp_class: "tvsfpClass",
    },
    61,
  ),
];

export const linearCases = casesOf("ml_lme4_glmmtmb", "lmm", {
  sleepstudy_ml: "sleepstudy",
  sleepstudy_reml: "sleepstudy",
  sleepstudy_uncorr_ml: "sleepstudyUncorrelated",
  penicillin: "penicillin",
  rcbd_lmm_reml: "rcbdLinear",
  hdp_mobility_lmm: "mobility",
  tvsfp_lmm: "tvsfpLinear",
});

/** An entry as the four programs write it. */
interface Entry {
  readonly logLik?: number;
  readonly logLikelihood?: number;
  readonly beta: Readonly<Record<string, number>>;
  readonly se?: Readonly<Record<string, number>>;
  readonly standardError?: Readonly<Record<string, number>>;
  /** lme4; entries without var1 are the residual's. */
  readonly varcor?: readonly {
    readonly grp: string;
    readonly var1?: string;
    readonly var2?: string;
    readonly vcov: number;
    readonly sdcor: number;
  }[];
  /** A scalar effect's sd: a number, or by group (glmmTMB). */
  readonly sd?: number | Readonly<Record<string, number>>;
  /** glmmTMB: phi. */
  readonly sigma?: number;
  /** GLMMadaptive; phis holds log phi, or is an empty record. */
  readonly D?: readonly (readonly number[])[];
  readonly phis?: number | object;
  readonly REML?: boolean;
  /** First levels; lme4 by group, each a record that may hold the level's name as well. */
  readonly ranef_head?:
    | readonly (readonly number[])[]
    | Readonly<Record<string, readonly Readonly<Record<string, number | string>>[]>>;
}

const files = new Map<string, Readonly<Record<string, Entry>>>();

export function entriesOf(file: ReferenceCase["file"]): Readonly<Record<string, Entry>> {
  const path = reference(file);
  const entries = files.get(file) ?? JSON.parse(readFileSync(path, "utf8"));
  files.set(file, entries);
  return entries;
}

function entryOf({ file, name }: ReferenceCase): Entry | undefined {
  return entriesOf(file)[name];
}

/** Whether the data of a reference are at hand. */
export function isThere(of: ReferenceCase): boolean {
  return isFileThere(`${of.data}.csv`);
}

export function referenceFit(of: ReferenceCase): ReferenceFit {
  const entry = entryOf(of);
  if (entry === undefined) throw new Error(`no reference ${of.name}`);
  const { beta, se, standardError, logLik, logLikelihood, varcor } = entry;
  const names = of.isSorted === true ? Object.keys(beta).sort() : Object.keys(beta);
  const errors = se ?? standardError;
  const isShort = of.file === "ml_lme4_glmmtmb" && of.points > 1;
  return {
    logLikelihood: isShort ? null : (logLik ?? logLikelihood ?? null),
    beta: names.map((name) => beta[name]),
    standardErrors: errors === undefined ? [] : names.map((name) => errors[name]),
    covariances: of.groups.map((group) => covarianceOf(group, entry)),
    dispersion: varcor?.find(({ grp }) => grp === "Residual")?.sdcor ?? dispersionOf(entry),
    isRestricted: entry.REML === true,
    modes: modesOf(of.groups, entry),
  };
}

/** Groups that the reference has numbered itself, in another order than our levels. */
const numbered = ["cell", "unit"];

function modesOf(groups: readonly string[], { ranef_head }: Entry): number[][] {
  if (ranef_head === undefined) return [];
  if (Array.isArray(ranef_head)) return [ranef_head.flat()];
  const byGroup = Object.entries(ranef_head);
  return groups.map((group) =>
    byGroup
      .flatMap(([name, levels]) => (name === group && !numbered.includes(name) ? levels : []))
      .flatMap((level) => Object.values(level).filter((mode) => typeof mode === "number")),
  );
}

function dispersionOf({ sigma, phis }: Entry): number | null {
  return typeof phis === "number" ? Math.exp(phis) : (sigma ?? null);
}

function covarianceOf(group: string, { varcor, D, sd }: Entry): number[][] {
  if (D !== undefined) return D.map((row) => [...row]);
  if (sd !== undefined) return [[(typeof sd === "number" ? sd : sd[group]) ** 2]];
  // lme4 numbers the terms of one factor: Subject, Subject.1.
  const entries = (varcor ?? []).filter(({ grp }) => grp.replace(/\.\d+$/, "") === group);
  const names = entries.flatMap(({ var1, var2 }) => (var2 === undefined ? [var1] : []));
  return names.map((a) =>
    names.map((b) => {
      const pair = [a, b];
      const found = entries.find(
        ({ var1, var2 }) => pair.includes(var1) && pair.includes(var2 ?? var1) && (a === b) === (var2 === undefined),
      );
      return found?.vcov ?? 0;
    }),
  );
}

/** The view in which maximum likelihood has the raw coefficients, those of the references: it ignores the prior, which uncentres them. */
export function viewOfCase({ text, data }: Pick<ReferenceCase, "text" | "data">): Promise<LatentGaussian> {
  const [, , second] = text.split("\n");
  if (second !== undefined) throw new Error("a model of one predictor");
  const hasIntercept = !/= 0 \+/.test(text);
  return viewOnData(hasIntercept ? `${text}\nprior beta[Intercept] ~ normal(0, 5)` : text, data);
}

/** The reference's estimates as a view's values. */
export function valuesOf(view: LatentGaussian, { beta, covariances, dispersion }: ReferenceFit): LatentValues {
  const values = view.values();
  if (values.beta.length !== beta.length) throw new Error(`${beta.length} coefficients for ${values.beta.length}`);
  values.beta.set(beta);
  if (dispersion !== null) values.dispersion.fill(dispersion);
  covariances.forEach((covariance, f) => {
    const q = covariance.length;
    values.Lambda[f].set(covariance.flat());
    if (!cholesky(values.Lambda[f], q)) throw new Error("a covariance matrix that is not positive definite");
    for (let r = 0; r < q; r++) values.Lambda[f].fill(0, r * q + r + 1, (r + 1) * q);
  });
  return values;
}
