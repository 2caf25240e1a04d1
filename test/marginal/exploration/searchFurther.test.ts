import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import { integratedPosterior } from "../../../src/marginal/exploration/integratedPosterior.js";
import { searchFurther } from "../../../src/marginal/exploration/searchFurther.js";
import { runSync } from "../../../src/math/steps.js";
import { hardDesign, type Kind } from "../../../validation/hardDesigns/designs.js";
import { readReferences } from "../../../validation/hardDesigns/files.js";
import { viewOf } from "../designs.js";

function searched(kind: Kind, number: number) {
  const { text, columns } = hardDesign(kind, number);
  const { view } = viewOf(text, toTable(columns));
  const integrated = runSync(integratedPosterior(view));
  const sdAt = (position: Float64Array) => {
    const values = view.values();
    view.read(position, values);
    return values.Lambda[0][0];
  };
  return { integrated, modes: runSync(searchFurther(integrated)), sdAt };
}

describe("the search for another mode of the hyperparameters", () => {
  it.each([42, 48, 90])(
    "finds the spike of an inverse gamma prior beside the likelihood's bump: design %d",
    (number) => {
      const { modes, sdAt } = searched("spikedPriors", number);
      const exact = readReferences("spikedPriors").find(({ design }) => design === `spikedPriors ${number}`);
      const sd = exact?.quantities.find(({ name }) => name.startsWith("sd["));
      if (modes.other === null || sd === undefined) throw new Error("there are two modes, and a reference");
      const [low, high] = [sdAt(modes.main.position), sdAt(modes.other.mode.position)].sort((a, b) => a - b);
      // Each has more than a twentieth of the mass.
      expect(sd.q5).toBeLessThan(2 * low);
      expect(sd.q95).toBeGreaterThan(high);
      expect(modes.other.share).toBeGreaterThan(0.05);
      expect(modes.other.share).toBeLessThan(0.5);
    },
  );

  it("takes the mode with the most mass, whichever was found first", () => {
    const { integrated, modes, sdAt } = searched("spikedPriors", 42);
    expect(sdAt(integrated.mode.position)).toBeGreaterThan(0.1);
    expect(sdAt(modes.main.position)).toBeLessThan(0.01);
  });

  it.each([
    ["spikedPriors", 2],
    ["slopes", 2],
    ["fewGroups", 1],
    ["rareEvents", 2],
  ] as const)("finds none, and keeps the mode, where there is one: %s %d", (kind, number) => {
    const { integrated, modes } = searched(kind, number);
    expect(modes).toEqual({ main: integrated.mode, other: null });
  });
});
