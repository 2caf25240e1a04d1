import { describe, expect, it } from "vitest";
import { bootstrapRow } from "../../../src/fit/bootstrap/bootstrapRow.js";

// validation/bootstrap/bootCi.R: R 4.2.2, boot 1.3-28.1.
const replicates = Float64Array.from({ length: 99 }, (_, k) => {
  const i = k + 1;
  return 2 + 1.5 * Math.sin(12.9898 * i) + Math.sin(78.233 * i) ** 2;
});
const references = [
  ["norm", 0.9, 0.209406504672, 3.87873110431],
  ["basic", 0.9, 0.375735354698, 3.926427245691],
  ["percentile", 0.9, 0.673572754309, 4.224264645302],
  ["bc", 0.9, 0.565773838281, 4.027609249745],
  ["norm", 0.95, -0.142066163703, 4.230203772685],
  ["basic", 0.95, 0.22859433021, 4.032230608965],
  ["percentile", 0.95, 0.567769391035, 4.37140566979],
  ["bc", 0.95, 0.511816651951, 4.217244096549],
] as const;

describe("the intervals of given replicates", () => {
  it.each(references)("%s of level %d are those of R's boot", (type, level, lower, upper) => {
    const row = bootstrapRow("x", 2.3, replicates, { type, level, kind: null });
    expect(row.lower).toBeCloseTo(lower, 10);
    expect(row.upper).toBeCloseTo(upper, 10);
    expect(row.bias).toBeCloseTo(0.255931195509, 10);
    expect(row.sd).toBeCloseTo(1.115395479426, 10);
    expect(row.biasError).toBeCloseTo(1.115395479426 / Math.sqrt(99), 10);
  });

  it("end where the range of a parameter does", () => {
    const asked = { type: "norm", level: 0.999 } as const;
    const [low, high] = [-0.9, 0, 0.9].map((x) => Float64Array.of(x, x + 0.05, x + 0.1)).flatMap((x) => [x]);
    expect(bootstrapRow("sd", 0.05, high.map(Math.abs), { ...asked, kind: "sd" }).lower).toBe(0);
    expect(bootstrapRow("cor", -0.9, low, { ...asked, kind: "correlation" }).lower).toBe(-1);
  });

  it("leave out replicates without a value, and keep infinite ones", () => {
    const values = Float64Array.of(Number.NaN, 1, 2, Number.POSITIVE_INFINITY, 3);
    const row = bootstrapRow("x", 2, values, { type: "percentile", level: 0.9, kind: "coefficient" });
    expect(row).toMatchObject({ estimates: 4, lower: 1, upper: Number.POSITIVE_INFINITY });
  });

  it("are not there where all replicates lie on one side of the estimate, corrected for bias, or there are none", () => {
    const asked = { type: "bc", level: 0.9, kind: null } as const;
    expect(bootstrapRow("x", 9, Float64Array.of(1, 2, 3), asked)).toMatchObject({ lower: Number.NaN });
    expect(bootstrapRow("x", 9, Float64Array.of(1), { ...asked, type: "basic" })).toMatchObject({ upper: Number.NaN });
  });
});
