import type { NutsFitOptions } from "marginalia";

/** How a case is sampled: with the defaults, but for the number of draws. */
export interface CaseSettings {
  readonly name: string;
  /** Kept from each of the four chains. */
  readonly draws: number;
}

export const chains = 4;
export const seed = 1;

/** The reasons stand in README.md. */
export const settings: readonly CaseSettings[] = [
  { name: "multicenter", draws: 2000 },
  { name: "cbpp", draws: 2000 },
  { name: "rcbd_olre", draws: 2000 },
  { name: "penicillin", draws: 2000 },
  { name: "sleepstudy", draws: 2000 },
  { name: "epil_nb", draws: 2000 },
  { name: "epilepsy", draws: 2000 },
  { name: "contraception_slope", draws: 2000 },
  { name: "tvsfp_logit", draws: 4000 },
  { name: "toenail", draws: 2000 },
  { name: "verbagg", draws: 2000 },
  { name: "grouseticks", draws: 4000 },
  { name: "hdp_remission", draws: 2000 },
  { name: "hdp_remission_full", draws: 2000 },
  { name: "wine_cumulative", draws: 2000 },
  { name: "wine_probit", draws: 2000 },
  { name: "verbresp_categorical", draws: 2000 },
  { name: "biochemists_zip", draws: 2000 },
  { name: "biochemists_zinb", draws: 2000 },
  { name: "grouseticks_hurdle", draws: 2000 },
  { name: "cake_gamma", draws: 2000 },
  { name: "gasoline_beta", draws: 2000 },
  { name: "sleepstudy_student", draws: 8000 },
  { name: "sleepstudy_sigma", draws: 2000 },
];

export function fitOptions({ draws }: CaseSettings): NutsFitOptions {
  return { draws, chains, seed };
}
