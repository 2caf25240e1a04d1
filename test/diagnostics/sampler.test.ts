import { describe, expect, it } from "vitest";
import { ebfmi, samplerDiagnostics } from "../../src/diagnostics/sampler.js";
import { chainRecord } from "./chainRecord.js";

describe("E-BFMI", () => {
  it("is squared steps over squared distances from the mean", () => {
    // Steps 1, 2, -3: 14. Mean 1, distances -1, 0, 2, -1: 6.
    expect(ebfmi(Float64Array.of(0, 1, 3, 0))).toBeCloseTo(14 / 6, 14);
  });

  it("is not a number where the energy never changes", () => {
    expect(ebfmi(new Float64Array(5))).toBeNaN();
  });
});

describe("samplerDiagnostics", () => {
  it("adds up the chains", () => {
    const first = chainRecord(4, { divergent: Uint8Array.of(0, 1, 1, 0), treeDepth: Uint8Array.of(10, 2, 10, 9) });
    const second = chainRecord(3, { divergent: Uint8Array.of(1, 0, 0), energy: Float64Array.of(0, 1, 3) });
    const diagnostics = samplerDiagnostics([first, second]);
    expect(diagnostics).toMatchObject({
      transitions: 7,
      divergences: 3,
      maxTreeDepthHits: 2,
      gradientEvaluations: { warmup: 200, sampling: 400 },
    });
    expect(diagnostics.ebfmi).toHaveLength(2);
    expect(diagnostics.ebfmi[1]).toBeCloseTo(5 / (14 / 3), 14);
  });

  it("counts no tree depth hits for a sampler without trees", () => {
    const record = chainRecord(3, { maxTreeDepth: 0, treeDepth: new Uint8Array(3) });
    expect(samplerDiagnostics([record]).maxTreeDepthHits).toBe(0);
  });

  it("is empty for an engine that does not sample", () => {
    expect(samplerDiagnostics([])).toEqual({
      transitions: 0,
      divergences: 0,
      maxTreeDepthHits: 0,
      ebfmi: [],
      gradientEvaluations: { warmup: 0, sampling: 0 },
    });
  });
});
