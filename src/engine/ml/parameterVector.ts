import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { exp, inverseLogit, log, logit } from "../../math/special/elementary.js";
import type { Coordinate } from "./Coordinate.js";
import { heldTermParts } from "./heldTerms.js";
import type { VectorPart } from "./VectorPart.js";

/**
 * (beta, Lambda, dispersion) as one position for an optimiser, in the data's units: a coefficient is location + unit x, an entry of
 * Lambda is unit x with the unit of its row's sd, diagonal >= 0, a positive scalar is unit exp(x), and a probability is the inverse logit of x. A term of which something is held
 * at a number has its sds and correlations instead: see `heldTerms.ts`. Priors have no part in it but for the units.
 */
export interface ParameterVector {
  readonly coordinates: readonly Coordinate[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Coefficients and dispersion at their locations, Lambda diagonal, every sd one unit. */
  readonly start: Float64Array;
  /** Sets every entry of `values` that is a parameter. */
  unpack(position: Float64Array, values: LatentValues): void;
  pack(values: LatentValues, position: Float64Array): void;
  /** The adjoint of `unpack` at `position`: from d value / d values to d value / d position. */
  adjoint(position: Float64Array, gradients: LatentValues, gradient: Float64Array): void;
}

/** Largest and smallest positive scalar, in units, and odds of a probability: beyond them it makes no difference to the likelihood. */
const DISPERSION_RANGE = 1e8;

/** A coordinate that is an entry of the values. */
type EntryCoordinate = Exclude<Coordinate, { part: "sd" | "correlation" }>;

interface Entry {
  readonly coordinate: EntryCoordinate;
  readonly location: number;
  readonly unit: number;
  /** From the position to the entry less its location, in units. */
  readonly scale: keyof typeof entryScales;
  readonly lower: number;
  readonly start: number;
}

const entryScales = {
  plain: { to: (value: number) => value, from: (x: number) => x, slope: () => 1 },
  log: { to: log, from: exp, slope: exp },
  logit: { to: logit, from: inverseLogit, slope: (x: number) => inverseLogit(x) * inverseLogit(-x) },
};

export function parameterVector(view: LatentGaussian): ParameterVector {
  const free = entriesPart([...coefficientEntries(view, "beta"), ...covarianceEntries(view)]);
  const parts = [free, ...heldTermParts(view), entriesPart(dispersionEntries(view))];
  const firsts = parts.map((_, k) => parts.slice(0, k).reduce((sum, { coordinates }) => sum + coordinates.length, 0));
  return {
    coordinates: parts.flatMap(({ coordinates }) => coordinates),
    lower: Float64Array.from(parts.flatMap(({ lower }) => lower)),
    upper: Float64Array.from(parts.flatMap(({ upper }) => upper)),
    start: Float64Array.from(parts.flatMap(({ start }) => start)),
    unpack(position, values) {
      for (let k = 0; k < parts.length; k++) parts[k].unpack(position, firsts[k], values);
    },
    pack(values, position) {
      for (let k = 0; k < parts.length; k++) parts[k].pack(values, position, firsts[k]);
    },
    adjoint(position, gradients, gradient) {
      for (let k = 0; k < parts.length; k++) parts[k].adjoint(position, firsts[k], gradients, gradient);
    },
  };
}

/** Parameters that are entries of the values, each by itself. */
function entriesPart(entries: readonly Entry[]): VectorPart {
  return {
    coordinates: entries.map(({ coordinate }) => coordinate),
    lower: entries.map(({ lower }) => lower),
    upper: entries.map(({ scale }) => (scale === "plain" ? Infinity : log(DISPERSION_RANGE))),
    start: entries.map(({ start }) => start),
    unpack(position, first, values) {
      entries.forEach((entry, i) => {
        const { array, at } = place(values, entry.coordinate);
        const x = position[first + i];
        array[at] = entry.location + entry.unit * entryScales[entry.scale].from(x);
      });
    },
    pack(values, position, first) {
      entries.forEach((entry, i) => {
        const { array, at } = place(values, entry.coordinate);
        position[first + i] = entryScales[entry.scale].to((array[at] - entry.location) / entry.unit);
      });
    },
    adjoint(position, first, gradients, gradient) {
      entries.forEach((entry, i) => {
        const { array, at } = place(gradients, entry.coordinate);
        gradient[first + i] = array[at] * entry.unit * entryScales[entry.scale].slope(position[first + i]);
      });
    },
  };
}

function place(values: LatentValues, coordinate: EntryCoordinate): { array: Float64Array; at: number } {
  if (coordinate.part !== "Lambda") return { array: values[coordinate.part], at: coordinate.index };
  const array = values.Lambda[coordinate.factor];
  const q = Math.round(Math.sqrt(array.length));
  return { array, at: coordinate.row * q + coordinate.column };
}

/** Location and unit as the view's unconstrained scale has them: a step of one from zero. */
function coefficientEntries(view: LatentGaussian, part: "beta" | "dispersion"): Entry[] {
  const { beta, theta, dispersion } = view.sizes;
  const first = part === "beta" ? 0 : beta + theta;
  const position = new Float64Array(beta + theta + dispersion);
  const values = view.values();
  view.read(position, values);
  const locations = values[part].slice();
  return Array.from(locations, (location, index) => {
    position.fill(0);
    position[first + index] = 1;
    view.read(position, values);
    const unit = Math.abs(values[part][index] - location);
    return { coordinate: { part, index }, location, unit, scale: "plain", lower: -Infinity, start: 0 };
  });
}

function covarianceEntries(view: LatentGaussian): Entry[] {
  const values = view.values();
  view.read(new Float64Array(view.sizes.beta + view.sizes.theta + view.sizes.dispersion), values);
  return view.factors.flatMap(({ effects: q }, factor) =>
    termEntries(view, factor).map(({ row, column }) => ({
      coordinate: { part: "Lambda", factor, row, column },
      location: 0,
      unit: values.Lambda[factor][row * q + row],
      scale: "plain",
      lower: row === column ? 0 : -Infinity,
      start: row === column ? 1 : 0,
    })),
  );
}

/** Rows and columns of the lower triangles of those of a factor's blocks of which nothing is held. */
function termEntries(view: LatentGaussian, factor: number): { row: number; column: number }[] {
  const { terms, held } = view.factors[factor];
  let first = 0;
  return terms.flatMap((size, t) => {
    const start = first;
    first += size;
    if (held[t] !== null) return [];
    return Array.from({ length: size }, (_, r) =>
      Array.from({ length: r + 1 }, (_, c) => ({ row: start + r, column: start + c })),
    ).flat();
  });
}

/** Coefficients of the family's other predictors, and its scalars, which are the last of the parameters that are reported. */
function dispersionEntries(view: LatentGaussian): Entry[] {
  const kinds = view.parameterKinds.slice(view.parameterKinds.length - view.sizes.dispersion);
  const values = view.values();
  view.read(new Float64Array(view.sizes.beta + view.sizes.theta + view.sizes.dispersion), values);
  return coefficientEntries(view, "dispersion").map((entry, index): Entry => {
    const range = { ...entry, location: 0, lower: -log(DISPERSION_RANGE) };
    if (kinds[index] === "dispersion") return { ...range, unit: values.dispersion[index], scale: "log" };
    return kinds[index] === "probability" ? { ...range, unit: 1, scale: "logit" } : entry;
  });
}
