import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { isLong, type Steps } from "../../math/steps.js";
import type { ConditionalModes, ModeSearch } from "./conditionalModes.js";

/** The search of a likelihood for conditional modes, which of many rows may be made in advance, with pauses. */
export class ModesInAdvance {
  private readonly view: LatentGaussian;
  private readonly search: ModeSearch;
  private found: { readonly at: LatentValues; readonly order: 2 | 3; readonly modes: ConditionalModes } | null = null;

  constructor(view: LatentGaussian, search: ModeSearch) {
    this.view = view;
    this.search = search;
  }

  /** Searches for what `find` by the same arguments, if it is the next, is to return; null where there are few rows. */
  inAdvance(values: LatentValues, start: readonly Float64Array[], order: 2 | 3): Steps<void> | null {
    return isLong(this.view.rows) ? this.searched(values, start, order) : null;
  }

  private *searched(values: LatentValues, start: readonly Float64Array[], order: 2 | 3): Steps<void> {
    this.found = null;
    const at = copyOfValues(values);
    this.found = { at, order, modes: yield* this.search.findInSteps(at, start, order) };
  }

  find(values: LatentValues, start: readonly Float64Array[], order: 2 | 3): ConditionalModes {
    const { found } = this;
    this.found = null;
    if (found !== null && found.order === order && areSameValues(found.at, values)) return found.modes;
    return this.search.find(values, start, order);
  }
}

export function copyOfValues({ beta, Lambda, dispersion }: LatentValues): LatentValues {
  return { beta: beta.slice(), Lambda: Lambda.map((part) => part.slice()), dispersion: dispersion.slice() };
}

export function areSameValues(one: LatentValues, other: LatentValues): boolean {
  const parts = ({ beta, Lambda, dispersion }: LatentValues) => [beta, dispersion, ...Lambda];
  const others = parts(other);
  return parts(one).every((part, k) => part.every((x, i) => x === others[k][i]));
}
