import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { effectsBlocks, effectsVectors } from "../factorisations/BlockCholesky.js";

/** A model with the effects of all its factors but one given, which leaves a model of that factor with independent levels. */
export interface GivenEffects {
  /** The factor whose effects are not given. */
  readonly free: number;
  /** Takes the values that `valuesOf` picks. Whatever deals in positions, priors and draws is still that of the whole model. */
  readonly view: LatentGaussian;
  /** Per factor of the whole model, b: the given ones are for the caller to set; that of the free factor is not looked at. */
  readonly effects: readonly Float64Array[];
  valuesOf(values: LatentValues): LatentValues;
}

/** Member by member, so that none that counts factors is passed on by mistake. */
export function givenEffects(whole: LatentGaussian, free: number): GivenEffects {
  const effects = effectsVectors(whole);
  const blocks = effectsBlocks(whole);
  const insert = <T>(parts: readonly T[], own: T) => parts.map((part, f) => (f === free ? own : part));
  const wholeBlocks = ({ factors }: EffectsBlocks) => ({ ...blocks, factors: insert(blocks.factors, factors[0]) });
  const valuesOf = (values: LatentValues) => ({ ...values, Lambda: [values.Lambda[free]] });
  const view: LatentGaussian = {
    rows: whole.rows,
    sizes: whole.sizes,
    factors: [{ ...whole.factors[free], parent: null }],
    structure: "single",
    isGaussian: whole.isGaussian,
    gaussianConstant: whole.gaussianConstant,
    hasLikelihoodWeights: whole.hasLikelihoodWeights,
    dispersionLimit: whole.dispersionLimit,
    conditional: null,
    pairs: [],
    values: () => valuesOf(whole.values()),
    rowTable: () => whole.rowTable(),
    crossProducts() {
      const { XWX, factors } = whole.crossProducts();
      return { XWX, factors: [factors[free]], pairs: [] };
    },
    read: whole.read,
    chain: whole.chain,
    logPrior: whole.logPrior,
    supports: whole.supports,
    evaluateRows: (values, b, order, table, shift) =>
      whole.evaluateRows(values, insert(effects, b[0]), order, table, shift),
    evaluateRowsInSteps: (values, b, order, table, shift) =>
      whole.evaluateRowsInSteps(values, insert(effects, b[0]), order, table, shift),
    logDensities: whole.logDensities,
    cumulative: whole.cumulative,
    crossBeta: whole.crossBeta,
    crossEffects: (_, s, out) => whole.crossEffects(free, s, out),
    crossDispersion: whole.crossDispersion,
    accumulate(w, out) {
      const full = whole.crossProducts();
      whole.accumulate(w, { ...full, XWX: out.XWX, factors: insert(full.factors, out.factors[0]) });
    },
    accumulateEffects: (w, out) => whole.accumulateEffects(w, wholeBlocks(out)),
    rowForms(B, out) {
      const full = effectsBlocks(whole);
      whole.rowForms({ ...full, factors: insert(full.factors, B.factors[0]) }, out);
    },
    rowProducts(B, { effect }, out) {
      const full = effectsBlocks(whole);
      whole.rowProducts({ ...full, factors: insert(full.factors, B.factors[0]) }, { factor: free, effect }, out);
    },
    predictEffects(b, out) {
      whole.predictEffects(insert(effectsVectors(whole), b[0]), out);
    },
    precision: whole.precision,
    chainPrecision: whole.chainPrecision,
    levelIntegrals: (layout) => whole.levelIntegrals({ ...layout, factor: free }),
    // The given effects are no part of its linear predictor.
    factorIntegral: () => null,
    shiftRows: (range, shift, from, to) => whole.shiftRows({ ...range, factor: free }, shift, from, to),
    crossRows: (range, s, out) => whole.crossRows({ ...range, factor: free }, s, out),
    quantities: whole.quantities,
    writeDraw: whole.writeDraw,
    parameterKinds: whole.parameterKinds,
    heldCovariances: whole.heldCovariances,
    place: whole.place,
  };
  return { free, view, effects, valuesOf };
}
