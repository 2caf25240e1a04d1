import {
  COLUMNS_BYTES,
  COLUMNS_COUNT,
  COLUMNS_END,
  COLUMNS_FIRST,
  COLUMNS_GRADIENT,
  COLUMNS_MATRIX,
  COLUMNS_X,
  COUPLING_B,
  COUPLING_BLOCKS,
  COUPLING_BYTES,
  COUPLING_EFFECT_STEP,
  COUPLING_EFFECTS,
  COUPLING_GRADIENT,
  COUPLING_INDEX,
  COUPLING_LEVEL_STEP,
  COUPLING_LEVELS,
  COUPLING_STARTS,
  COUPLING_WIDTH,
  COUPLINGS_END,
  COUPLINGS_FIRST,
  EFFECTS,
  H,
  H_ADJOINT,
  R,
  STRIDE,
} from "../../map/effectsDescriptor";
import { addColumns, addTo, dotColumns } from "../fixedPart";

/** h = r - A (beta - beta0) - the sum over the couplings of C (b - mode), with the modes' part in r. */
export function fillInformation(factor: usize): void {
  const h = load<usize>(factor, H);
  const bytes = load<usize>(factor, EFFECTS) * load<usize>(factor, STRIDE);
  memory.copy(h, load<usize>(factor, R), bytes);
  const columnsEnd = load<usize>(factor, COLUMNS_END);
  for (let part = load<usize>(factor, COLUMNS_FIRST); part < columnsEnd; part += COLUMNS_BYTES) {
    const x = load<usize>(part, COLUMNS_X);
    addColumns(h, load<usize>(part, COLUMNS_MATRIX), bytes, x, load<usize>(part, COLUMNS_COUNT), bytes);
  }
  visitCouplings(factor, h, false);
}

/** The adjoint of `fillInformation`. */
export function chainInformation(factor: usize): void {
  const slopes = load<usize>(factor, H_ADJOINT);
  const bytes = load<usize>(factor, EFFECTS) * load<usize>(factor, STRIDE);
  const columnsEnd = load<usize>(factor, COLUMNS_END);
  for (let part = load<usize>(factor, COLUMNS_FIRST); part < columnsEnd; part += COLUMNS_BYTES) {
    const gradient = load<usize>(part, COLUMNS_GRADIENT);
    dotColumns(slopes, load<usize>(part, COLUMNS_MATRIX), bytes, gradient, load<usize>(part, COLUMNS_COUNT), bytes);
  }
  visitCouplings(factor, slopes, true);
}

/** Couplings by the levels that meet: of an entry of h or, for the adjoint, of its slope. */
function visitCouplings(factor: usize, h: usize, adjoint: bool): void {
  const end = load<usize>(factor, COUPLINGS_END);
  for (let part = load<usize>(factor, COUPLINGS_FIRST); part < end; part += COUPLING_BYTES) {
    const levels = load<usize>(part, COUPLING_LEVELS);
    const q = load<usize>(part, COUPLING_EFFECTS);
    const starts = load<usize>(part, COUPLING_STARTS);
    for (let j: usize = 0; j < levels; j++)
      for (let c: usize = 0; c < q; c++) {
        const entry = h + j * load<usize>(part, COUPLING_LEVEL_STEP) + c * load<usize>(part, COUPLING_EFFECT_STEP);
        const first = <usize>load<u32>(starts + (j << 2));
        const last = <usize>load<u32>(starts + ((j + 1) << 2));
        if (adjoint) subtractCoupledAdjoint(part, first, last, c, load<f64>(entry));
        else addTo(entry, -coupled(part, first, last, c));
      }
  }
}

/** An entry of C b, of the pairs of levels from `first` to before `end`. */
function coupled(part: usize, first: usize, end: usize, effect: usize): f64 {
  const width = load<usize>(part, COUPLING_WIDTH);
  const step = (load<usize>(part, COUPLING_EFFECTS) * width) << 3;
  const index = load<usize>(part, COUPLING_INDEX);
  const b = load<usize>(part, COUPLING_B);
  let total: f64 = 0;
  let block = load<usize>(part, COUPLING_BLOCKS) + first * step + ((effect * width) << 3);
  for (let m = first; m < end; m++, block += step) {
    const other = b + ((<usize>load<u32>(index + (m << 2)) * width) << 3);
    for (let e: usize = 0; e < width << 3; e += 8) total += load<f64>(block + e) * load<f64>(other + e);
  }
  return total;
}

function subtractCoupledAdjoint(part: usize, first: usize, end: usize, effect: usize, slope: f64): void {
  const width = load<usize>(part, COUPLING_WIDTH);
  const step = (load<usize>(part, COUPLING_EFFECTS) * width) << 3;
  const index = load<usize>(part, COUPLING_INDEX);
  const gradient = load<usize>(part, COUPLING_GRADIENT);
  let block = load<usize>(part, COUPLING_BLOCKS) + first * step + ((effect * width) << 3);
  for (let m = first; m < end; m++, block += step) {
    const other = gradient + ((<usize>load<u32>(index + (m << 2)) * width) << 3);
    for (let e: usize = 0; e < width << 3; e += 8) addTo(other + e, -slope * load<f64>(block + e));
  }
}
