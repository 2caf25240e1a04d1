import type { FitOptions } from "marginalia";

/** How a case is sampled: what a statistician would choose for it, known beforehand, and one seed for all. */
export interface CaseSettings {
  readonly name: string;
  readonly parametrization: "centred" | "noncentred";
  readonly warmup: number;
  /** Kept from each of the four chains. */
  readonly draws: number;
  readonly targetAcceptance: number;
}

export const chains = 4;
export const seed = 1;

const defaults = { parametrization: "noncentred", warmup: 1000, draws: 2000, targetAcceptance: 0.8 } as const;

/** The reasons stand in README.md. */
export const settings: readonly CaseSettings[] = [
  { ...defaults, name: "multicenter", draws: 4000 },
  { ...defaults, name: "cbpp" },
  { ...defaults, name: "rcbd_olre", draws: 8000, targetAcceptance: 0.99 },
  { ...defaults, name: "penicillin", draws: 8000, targetAcceptance: 0.95 },
  { ...defaults, name: "sleepstudy" },
  { ...defaults, name: "epil_nb", draws: 4000 },
  { ...defaults, name: "epilepsy", draws: 4000 },
  { ...defaults, name: "grouseticks", draws: 8000, targetAcceptance: 0.95 },
  { ...defaults, name: "contraception_slope" },
  { ...defaults, name: "tvsfp_logit", draws: 4000 },
  { ...defaults, name: "toenail", draws: 4000 },
  { ...defaults, name: "verbagg", draws: 4000 },
  { ...defaults, name: "hdp_remission", draws: 4000 },
  { ...defaults, name: "hdp_remission_full", draws: 4000 },
];

export function fitOptions({ name: _, ...sampler }: CaseSettings): FitOptions {
  return { ...sampler, chains, seed };
}
