import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import { exp } from "../../math/special/elementary.js";
import { systematicResampling } from "../../math/systematicResampling.js";
import { jointDrawsOf } from "../../posterior/jointDraws.js";
import type { Posterior } from "../../posterior/Posterior.js";
import { CheckError } from "../CheckError.js";

/** What data are replicated at: so many draws of a posterior that count the same, or the estimates of maximum likelihood over and over. */
export interface FittedDraws {
  readonly count: number;
  /** Parameters and random effects of a draw. */
  readonly length: number;
  /** Copies draw s, from 0, in the order of the model's quantities; random effects are left alone where none were asked for. */
  copy(s: number, to: Float64Array): void;
}

/**
 * `count` draws of a fit by any engine, spread evenly over those that it has; where these have weights, each is taken in proportion to its weight (systematic
 * resampling). `effects`: whether random effects are wanted. Throws CheckError where there are no draws, or no estimates.
 */
export function fittedDraws(fit: Fit | MlFit, count: number, effects: boolean): FittedDraws {
  if ("ml" in fit) return estimatesOf(fit, count, effects);
  const { compiled, posterior } = fit;
  const { parameters, randomEffects } = compiled.quantities;
  const draws = jointDrawsOf(effects || posterior.jointDraws !== undefined ? posterior : withoutEffects(posterior));
  const from = draws.logWeights === null ? null : systematicResampling(draws.logWeights.map(exp), count);
  const all = new Float64Array(draws.length);
  return {
    count,
    length: parameters.length + randomEffects.length,
    copy(s, to) {
      draws.copy(from?.[s] ?? Math.floor(((s + 0.5) * draws.count) / count), all);
      to.set(effects ? all : all.subarray(0, parameters.length));
    },
  };
}

function withoutEffects(posterior: Posterior): Posterior {
  return { ...posterior, randomEffects: [] };
}

/** Estimates and conditional modes. Coefficients of dependent columns, which have none, are left out as if they were zero. */
function estimatesOf({ compiled, design, ml }: MlFit, count: number, effects: boolean): FittedDraws {
  const { parameters, randomEffects } = compiled.quantities;
  const estimates = new Map(ml.parameters.map(({ name, estimate }) => [name, estimate]));
  const dependent = new Set(design.predictors.flatMap((part) => part.dependent?.columns.map(({ name }) => name) ?? []));
  const isLeftOut = (name: string) => [...dependent].some((column) => name.endsWith(`beta[${column}]`));
  const values = parameters.map((name) => {
    const value = estimates.get(name) ?? (isLeftOut(name) ? 0 : Number.NaN);
    // Beside an sd of 0 a correlation is not known, and has no part in the covariance.
    return Number.isNaN(value) && name.includes("cor[") && estimates.has(name) ? 0 : value;
  });
  const unknown = values.findIndex((value) => !Number.isFinite(value));
  if (unknown >= 0)
    throw new CheckError(
      `${parameters[unknown]} has no finite estimate by the method ${ml.method}, so that no data can be replicated; take another method, or an engine with priors`,
    );
  const modes = ml.effects?.modes.flatMap((ofFactor) => [...ofFactor]) ?? [];
  if (effects && modes.length !== randomEffects.length)
    throw new CheckError(
      `the method ${ml.method} gives no conditional modes of the random effects; take effects "marginal"`,
    );
  const draw = Float64Array.from(effects ? [...values, ...modes] : values);
  return { count, length: parameters.length + randomEffects.length, copy: (_, to) => to.set(draw) };
}
