import { heldCovariances } from "../density/quantities.js";
import type { Design } from "../design/Design.js";
import { quantileOfSorted } from "../diagnostics/quantile.js";
import { mean, standardDeviation } from "../math/moments.js";
import type { DrawsMarginal, Posterior } from "../posterior/Posterior.js";
import { quantitiesOf } from "../posterior/quantities.js";
import { ResultError } from "../posterior/ResultError.js";
import { endsOf } from "../summary/Summary.js";
import type { Ensemble } from "./Ensemble.js";

/**
 * The joint draws of a posterior. `level` is the probability of its equal-tailed intervals, whose ends are quantiles by linear interpolation, as those of a summary.
 * Throws ResultError where draws were not kept.
 */
export function posteriorEnsemble(design: Design, posterior: Posterior, level: number): Ensemble {
  const all = quantitiesOf(posterior);
  const joint = posterior.jointDraws;
  const drawsAt = (place: number) => joined(drawn(joint?.[place] ?? all[place].marginal, all[place].name));
  const places = new Map(posterior.parameters.map(({ name }, place) => [name, place]));
  const held = heldCovariances(design);
  const count = posterior.parameters.length;
  const size = all.length === 0 ? 1 : drawsAt(0).length;
  const [low, high] = endsOf(level);
  return {
    size,
    shift: null,
    parameter(name) {
      const place = places.get(name);
      if (place !== undefined) return drawsAt(place);
      const value = held.get(name);
      return value === undefined ? null : new Float64Array(size).fill(value);
    },
    effect: (place) => drawsAt(count + place),
    estimate(values) {
      const sorted = values.slice().sort();
      const sd = size > 1 ? standardDeviation(values) : 0;
      return {
        estimate: quantileOfSorted(sorted, 0.5),
        sd,
        lower: quantileOfSorted(sorted, low),
        upper: quantileOfSorted(sorted, high),
      };
    },
    covariance(one, other) {
      const [centre, otherCentre] = [mean(one), mean(other)];
      let total = 0;
      for (let s = 0; s < size; s++) total += (one[s] - centre) * (other[s] - otherCentre);
      return total / (size - 1);
    },
  };
}

function drawn(marginal: Posterior["parameters"][number]["marginal"], name: string): DrawsMarginal {
  if (marginal.kind === "draws") return marginal;
  const advice =
    marginal.kind === "moments"
      ? 'keep them by randomEffects: "draws"'
      : "take an engine whose posterior has draws: nuts, laplace or inla";
  throw new ResultError("no-draws", `${name} has no draws, which predictions are made of`, advice);
}

function joined({ chains }: DrawsMarginal): Float64Array {
  if (chains.length === 1) return chains[0];
  const all = new Float64Array(chains.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const chain of chains) {
    all.set(chain, at);
    at += chain.length;
  }
  return all;
}
