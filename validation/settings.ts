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

const noncentred = { parametrization: "noncentred", warmup: 1000, draws: 2000, targetAcceptance: 0.8 } as const;
const centred = { ...noncentred, parametrization: "centred" } as const;

/** The reasons stand in README.md. */
export const settings: readonly CaseSettings[] = [
  { name: "multicenter", ...noncentred },
  { name: "cbpp", ...noncentred, draws: 5000 },
  { name: "rcbd_olre", ...noncentred, draws: 4000, targetAcceptance: 0.99 },
  { name: "penicillin", ...centred, draws: 4000, targetAcceptance: 0.9 },
  { name: "sleepstudy", ...centred },
  { name: "epil_nb", ...noncentred },
  { name: "epilepsy", ...noncentred, draws: 4000 },
  { name: "contraception_slope", ...noncentred },
  { name: "tvsfp_logit", ...noncentred, draws: 4000 },
  { name: "toenail", ...noncentred },
  { name: "verbagg", ...noncentred },
  { name: "grouseticks", ...noncentred, draws: 6000, targetAcceptance: 0.95 },
  { name: "hdp_remission", ...centred },
  { name: "hdp_remission_full", ...noncentred, draws: 4000 },
];

export function fitOptions({ name: _, ...sampler }: CaseSettings): FitOptions {
  return { ...sampler, chains, seed };
}
