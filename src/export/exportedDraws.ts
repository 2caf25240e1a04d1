import { resample } from "../engine/laplace/importance.js";
import { createStream } from "../math/random/createStream.js";
import type { DrawsMarginal, Posterior } from "../posterior/Posterior.js";
import { quantitiesOf } from "../posterior/quantities.js";
import { ExportError } from "./ExportError.js";

/** The joint draws of a posterior as other programs take them: equally weighted, and as many of each chain. */
export interface ExportedDraws {
  /** Chains, C. */
  readonly chains: number;
  /** Draws of each chain, S. */
  readonly draws: number;
  /** In the order of the posterior, parameters and then random effects; `[chain]` of length S. Null for a random effect whose draws were not kept. */
  readonly columns: readonly (readonly Float64Array[] | null)[];
  /** What was done to have them so, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The draws of a posterior for other programs: chains of a run that was ended early are cut to one length, and draws with uneven weights are drawn again
 * by these. Throws ExportError where there are no draws.
 */
export function exportedDraws(posterior: Posterior, seed: number | string): ExportedDraws {
  const joint = posterior.jointDraws;
  const quantities = quantitiesOf(posterior);
  const marginals = quantities.map(({ name, marginal }, k) => drawn(posterior, name, joint?.[k] ?? marginal));
  const first = marginals.find((marginal) => marginal !== null);
  const lengths = first?.chains.map(({ length }) => length) ?? [];
  const draws = Math.min(...lengths);
  if (first === undefined || lengths.length === 0 || draws === 0)
    throw new ExportError("no-draws", "the fit has no draws: its run was ended before the first", "fit it again");
  const { weights } = first;
  if (weights !== null && !areEven(weights)) return drawnAgain(marginals, weights, seed);
  const isCut = lengths.some((length) => length > draws);
  return {
    chains: lengths.length,
    draws,
    columns: marginals.map((marginal) => marginal?.chains.map((chain) => chain.subarray(0, draws)) ?? null),
    notes: isCut ? [`the run was ended early: of each chain the first ${draws} draws are written`] : [],
  };
}

/** Null for a random effect whose draws were not kept. */
function drawn(
  { engine, parameters }: Posterior,
  name: string,
  marginal: Posterior["parameters"][number]["marginal"],
): DrawsMarginal | null {
  if (marginal.kind === "draws") return marginal;
  if (marginal.kind === "moments" && !parameters.some((parameter) => parameter.name === name)) return null;
  throw new ExportError(
    "no-draws",
    `${name} has no draws: ${engine} gives its density alone`,
    "take --to tidy, or an engine whose posterior has draws: nuts, laplace or inla",
  );
}

function areEven(weights: readonly Float64Array[]): boolean {
  return weights.every((chain) => chain.every((weight) => weight === weights[0][0]));
}

/** Draws resampled to as many that count the same: each stands in them as often as its weight says, to less than one. */
function drawnAgain(
  marginals: readonly (DrawsMarginal | null)[],
  weights: readonly Float64Array[],
  seed: number | string,
): ExportedDraws {
  const all = joined(weights);
  const picked = resample(all, all.length, createStream(seed, 0).uniform());
  return {
    chains: 1,
    draws: all.length,
    columns: marginals.map((marginal) => {
      if (marginal === null) return null;
      const values = joined(marginal.chains);
      return [Float64Array.from(picked, (i) => values[i])];
    }),
    notes: ["the draws have weights: as many are drawn again by these (systematic resampling), and count the same"],
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}
