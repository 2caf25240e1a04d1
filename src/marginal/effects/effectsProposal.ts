import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { RowTable } from "../../density/RowTable.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { effectsBlocks, effectsVectors } from "../factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../factorisations/EffectsHessian.js";
import { type ConditionalModes, ModeSearch } from "./conditionalModes.js";
import { scaleEffects, scaleTransposed, standardDeviations } from "./effects.js";
import type { GivenEffects } from "./givenEffects.js";

/**
 * A Gaussian approximation of the standardised effects (v, u) given the responses, u those of one factor and v those of all others. Its
 * mean m is the effects' to first order, its precision H = Lambda' Z'WZ Lambda + I with the row weights at m; negative ones count as 0.
 */
export interface EffectsProposal {
  /** m, one array a factor, level-major. */
  readonly mean: readonly Float64Array[];
  /** At m. */
  readonly table: RowTable;
  /** log |H| */
  readonly logDeterminant: number;
  /** Variances of b of the factor of u, J x q, given the responses alone and given v too; fresh arrays. */
  variances(): { readonly marginal: Float64Array; readonly given: Float64Array };
  /** Fills `step` with a draw of v and with the mean of u given it, both less m; returns step' H step. */
  draw(stream: RandomStream, step: readonly Float64Array[]): number;
}

/**
 * Approximations at one parameter after another, each search for the modes starting from where it is told or else from the last ones. v are the effects that are `given`.
 * `ownHessian`, of the model of u, will hold the factor of u's part of H. Null where there is no such approximation.
 */
export function effectsProposals(
  view: LatentGaussian,
  given: GivenEffects,
  ownHessian: EffectsHessian,
): (values: LatentValues, near?: readonly Float64Array[]) => EffectsProposal | null {
  const { free } = given;
  const hessian = effectsHessian(view);
  const search = new ModeSearch(view, hessian);
  const start = effectsVectors(view);
  const ZWZ = effectsBlocks(view);
  const rows = new Float64Array(view.rows);
  const b = effectsVectors(view);
  return (values, near) => {
    const { Lambda } = values;
    const modes = search.find(values, near ?? start, 3);
    if (!modes.converged) return null;
    modes.u.forEach((part, f) => {
      start[f].set(part);
    });
    const { mean, table } = firstOrderMean(view, hessian, values, modes);
    const weights = table.dEta2.map((curvature) => Math.max(0, -curvature));
    view.accumulateEffects(weights, ZWZ);
    const logDeterminant = hessian.factor(ZWZ, Lambda);
    const own = ownHessian.factor({ factors: [ZWZ.factors[free]], pairs: [] }, given.valuesOf(values).Lambda);
    if (logDeterminant === null || own === null) return null;
    return {
      mean,
      table,
      logDeterminant,
      variances() {
        const [marginal] = standardDeviations(given.view, [hessian.covariance().factors[free]]);
        const [within] = standardDeviations(given.view, ownHessian.covariance().factors);
        return { marginal: marginal.map((sd) => sd * sd), given: within.map((sd) => sd * sd) };
      },
      draw(stream, step) {
        // H^-1 (Lambda' Z' W^1/2 x + y), x and y standard normal, has the covariance H^-1 in every structure.
        for (let i = 0; i < rows.length; i++) rows[i] = Math.sqrt(weights[i]) * stream.normal();
        crossScaled(view, values, rows, step);
        for (const part of step) for (let k = 0; k < part.length; k++) part[k] += stream.normal();
        hessian.solve(step);
        // The mean of u given the draw of v is -H_uu^-1 H_uv v, which makes of the form what it is in v alone.
        const own = step[free].fill(0);
        let form = 0;
        step.forEach((part, f) => {
          scaleEffects(Lambda[f], part, b[f]);
          form += dot(part, part);
        });
        view.predictEffects(b, rows);
        for (let i = 0; i < rows.length; i++) {
          form += weights[i] * rows[i] * rows[i];
          rows[i] *= -weights[i];
        }
        view.crossEffects(free, rows, own);
        scaleTransposed(Lambda[free], own);
        b[free].set(own);
        ownHessian.solve([own]);
        return form - dot(b[free], own);
      },
    };
  };
}

/**
 * The modes moved by how -1/2 log|H| pulls at them, H^-1 Lambda' Z't with t = 1/2 l''' h and h the leverages: the mean of the effects to
 * first order in their skewness. With it goes all but a little of what makes the weights of draws around the modes uneven.
 */
function firstOrderMean(
  view: LatentGaussian,
  hessian: EffectsHessian,
  values: LatentValues,
  { u, b, table }: ConditionalModes,
): { readonly mean: readonly Float64Array[]; readonly table: RowTable } {
  const pull = new Float64Array(view.rows);
  hessian.leverages(pull);
  for (let i = 0; i < pull.length; i++) pull[i] *= 0.5 * table.dEta3[i];
  const mean = effectsVectors(view);
  crossScaled(view, values, pull, mean);
  hessian.solve(mean);
  mean.forEach((part, f) => {
    for (let k = 0; k < part.length; k++) part[k] += u[f][k];
    scaleEffects(values.Lambda[f], part, b[f]);
  });
  view.evaluateRows(values, b, 2, table);
  return { mean, table };
}

/** Lambda' Z's of all factors. */
function crossScaled(
  view: LatentGaussian,
  { Lambda }: LatentValues,
  s: Float64Array,
  out: readonly Float64Array[],
): void {
  out.forEach((part, f) => {
    view.crossEffects(f, s, part);
    scaleTransposed(Lambda[f], part);
  });
}
