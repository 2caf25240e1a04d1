import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { givenEffects } from "../../../src/marginal/effects/givenEffects.js";
import { effectsBlocks } from "../../../src/marginal/factorisations/BlockCholesky.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { seeds, uniforms } from "../../density/models.js";
import { expectClose } from "../../math/linalg/matrices.js";
import { groupedTable, randomParts } from "../designs.js";
import { differences, flattened, likelihoodCases, likelihoodProblem } from "../likelihoods.js";

const tolerance = 1e-12;
const differenceTolerance = 1e-6;
const rows = 40;

/** A model with effects in all factors but one, and numbers for its rows. */
function problem(random: string, seed: number, name = "negative binomial, modelled phi") {
  const { view, values } = likelihoodProblem(likelihoodCases[name], random, groupedTable(seed, rows), "regular", seed);
  const free = seed % view.factors.length;
  const next = uniforms(seed);
  const { view: conditional, effects, valuesOf } = givenEffects(view, free);
  for (const part of effects) for (let k = 0; k < part.length; k++) part[k] = 0.3 * next();
  const w = Float64Array.from({ length: rows }, () => 1 + next());
  return { view, values, free, conditional, effects, own: valuesOf(values), w };
}

describe("a model with the effects of all factors but one given", () => {
  for (const [name, { random }] of Object.entries(randomParts))
    it(`has the rows and the sums over them of the whole model: ${name}`, () => {
      const property = fc.property(seeds, (seed) => {
        const { view, values, free, conditional, effects, own, w } = problem(random, seed);
        const [table, ownTable] = [view.rowTable(), conditional.rowTable()];
        const b = effects[free].map((x) => x + 0.1);
        const all = effects.map((part, f) => (f === free ? b : part));
        expect(conditional.evaluateRows(own, [b], 3, ownTable)).toBe(view.evaluateRows(values, all, 3, table));
        expect(ownTable).toEqual(table);

        const [cross, ownCross] = [view.crossProducts(), conditional.crossProducts()];
        view.accumulate(w, cross);
        conditional.accumulate(w, ownCross);
        expect(ownCross).toEqual({ XWX: cross.XWX, factors: [cross.factors[free]], pairs: [] });
        const blocks = effectsBlocks(conditional);
        conditional.accumulateEffects(w, blocks);
        expectClose(blocks.factors[0], cross.factors[free].ZWZ, tolerance);

        const onlyFree = effectsBlocks(view);
        onlyFree.factors[free].set(blocks.factors[0]);
        const [forms, ownForms] = [w.slice(), w.slice()];
        view.rowForms(onlyFree, forms);
        conditional.rowForms(blocks, ownForms);
        expectClose(ownForms, forms, tolerance);
        const none = effects.map((part, f) => (f === free ? b : new Float64Array(part.length)));
        view.predictEffects(none, forms);
        conditional.predictEffects([b], ownForms);
        expectClose(ownForms, forms, tolerance);
      });
      fc.assert(property, { seed: 5, numRuns: 6 });
    });

  it("is a model that a marginal likelihood can be made of, with its gradient", () => {
    for (const seed of [4, 5]) {
      const { conditional, own } = problem("(1 + x1 | h) + (1 + x2 | g)", seed);
      const marginal = laplaceMarginal(conditional);
      const gradients = conditional.values();
      marginal.evaluate(own, gradients);
      const expected = differences((moved) => marginal.evaluate(moved, null), own);
      expectClose(flattened(gradients), expected, differenceTolerance);
    }
  });
});
