import type { PriorConflict } from "../../fit/priorConflict.js";
import type {
  Cause,
  EffectsAgreement,
  EngineAgreement,
  EngineColumn,
  EngineEstimate,
  ParameterAgreement,
} from "../../summary/Agreement.js";
import type { Atoms } from "./atoms.js";
import { wasserstein1 } from "./wasserstein1.js";

/** An engine's numbers with the marginals behind them: one a parameter in its order, null where there is none. */
export interface Measured {
  readonly column: EngineColumn;
  readonly marginals: readonly (Atoms | null)[];
  /** Priors that the likelihood contradicts, as far as the engine has told; none of a maximum. */
  readonly conflicts: readonly PriorConflict[];
}

/** In reference sds: two posteriors, or two maxima, further apart are named; a maximum and a posterior mean differ by nature. */
const LIKE_LIMIT = 0.1;
const UNLIKE_LIMIT = 0.75;
/** Monte Carlo standard errors by which a difference must exceed its limit, of an engine whose standard errors can be trusted. */
const NOISE = 3;

/** How an engine's results stand to a reference's. `causeOf` is asked where they are off. */
export async function agreement(
  engine: Measured,
  reference: Measured,
  causeOf: (off: readonly ParameterAgreement[]) => Promise<Cause>,
): Promise<EngineAgreement> {
  const isLike = engine.column.kind === reference.column.kind;
  const limit = isLike ? LIKE_LIMIT : UNLIKE_LIMIT;
  const parameters = engine.column.parameters.flatMap((row, k) => {
    const at = reference.column.parameters.findIndex(({ name }) => name === row.name);
    if (at < 0) return [];
    return [placed(row, engine.marginals[k], reference.column.parameters[at], reference.marginals[at])];
  });
  const effects = effectsAgreement(engine.column.randomEffects, reference.column.randomEffects);
  const noise = engine.column.trust.isTrusted ? NOISE : 0;
  const off = parameters.filter((row) => isBeyond(row, limit, noise, isLike)).sort((a, b) => apart(b) - apart(a));
  const isOff = off.length > 0 || (effects !== null && effects.typical > limit);
  return { engine: engine.column.engine, parameters, effects, limit, off, cause: isOff ? await causeOf(off) : null };
}

const apart = ({ difference }: ParameterAgreement) => Math.abs(difference);

/** Whether a parameter is off by more than a limit and its noise. Where it should have the same distribution, spread and shape count too: the distance is never less than the difference. */
function isBeyond(row: ParameterAgreement, limit: number, noise: number, isLike: boolean): boolean {
  const by = isLike && !Number.isNaN(row.distance) ? row.distance : apart(row);
  return by > limit + noise * row.mcse;
}

function placed(
  row: EngineEstimate,
  marginal: Atoms | null,
  reference: EngineEstimate,
  referenceMarginal: Atoms | null,
): ParameterAgreement {
  const by = row.estimate - reference.estimate;
  const mcse = Math.sqrt(row.mcse ** 2 + reference.mcse ** 2);
  const distance =
    marginal === null || referenceMarginal === null ? Number.NaN : wasserstein1(marginal, referenceMarginal);
  return {
    name: row.name,
    difference: by / reference.sd,
    mcse: mcse / reference.sd,
    widthRatio: (row.upper - row.lower) / (reference.upper - reference.lower),
    distance: distance / reference.sd,
  };
}

function effectsAgreement(
  effects: readonly EngineEstimate[],
  reference: readonly EngineEstimate[],
): EffectsAgreement | null {
  const known = new Map(reference.map((effect) => [effect.name, effect]));
  const sizes = effects.flatMap(({ name, estimate }) => {
    const other = known.get(name);
    return other === undefined ? [] : [{ name, size: Math.abs(estimate - other.estimate) / other.sd }];
  });
  if (sizes.length === 0) return null;
  const sorted = sizes.filter(({ size }) => Number.isFinite(size)).sort((a, b) => a.size - b.size);
  const worst = sorted.at(-1);
  if (worst === undefined) return null;
  return { typical: sorted[Math.floor(sorted.length / 2)].size, worst: worst.size, worstName: worst.name };
}

/** Engines in the order in which they are to be believed: how far each comes from the truth by its own account. */
export function chooseReference<M extends Pick<Measured, "column">>(engines: readonly M[]): M | undefined {
  return [...engines].sort((a, b) => rank(a.column) - rank(b.column))[0];
}

/**
 * Less is better: nuts that has converged, approximations by their guard, then nuts that has not, then likelihoods by what they
 * take in their place. Pareto k is below 0.7 where it is trusted.
 */
function rank({ kind, trust, paretoK, approximation }: EngineColumn): number {
  if (kind === "posterior" && trust.isTrusted) return paretoK === null ? 0 : 1 + Math.max(0, paretoK);
  if (kind === "posterior") return paretoK === null ? 3 : 4;
  return (trust.isTrusted ? 5 : 6) + 2 * ["none", "laplace", "pql", "conditional"].indexOf(approximation);
}
