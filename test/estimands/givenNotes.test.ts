import { describe, expect, it } from "vitest";
import { contrasts, fit, means, slopes, solve } from "../../src/index.js";

const rows = 60;
const x = Array.from({ length: rows }, (_, i) => ((7 * i) % 11) / 5 - 1);
const z = Array.from({ length: rows }, (_, i) => ((3 * i) % 7) / 3);
const day = Array.from({ length: rows }, (_, i) => new Date(Date.UTC(2024, 2, 1 + (i % 28))));
const g = Array.from({ length: rows }, (_, i) => `g${i % 6}`);
const count = x.map((value, i) => Math.max(0, Math.round(4 + 2 * value + ((5 * i) % 7) - 2)));
const model = "count ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + scale(day) + (1 | g)\nlog(phi) = 1 + z";

describe.each(["laplace", "ml"] as const)("variables that are asked for, by %s", async (engine) => {
  const fitted = await fit(model, { count, x, z, day, g }, { engine });
  const effects = "zero";
  const notes = async (...at: string[]) => {
    const { notes: all } = await means(fitted, { at, effects });
    return all.filter((note) => !note.startsWith("day counts days from"));
  };

  it.each([
    ["means of", async (of: string) => means(fitted, { of: [of], effects })],
    ["means by", async (by: string) => means(fitted, { by: [by], effects })],
    ["contrasts", async (of: string) => contrasts(fitted, { of: [of], effects })],
    ["slopes", async (of: string) => slopes(fitted, { of: [of], effects })],
    ["solve", async (name: string) => solve(fitted, { for: name, target: 4, effects })],
  ])("are refused with where the model has them: %s", async (_, asked) => {
    const variables = "variables: x, day";
    await expect(asked("z")).rejects.toThrow(
      `names "z", which is in the line of phi alone, and not in that of mu; ${variables}`,
    );
    await expect(asked("g")).rejects.toThrow('names "g", which is in the model as a grouping factor alone');
    await expect(asked("count")).rejects.toThrow(
      `names "count", which is a column that no predictor of the model reads; ${variables}`,
    );
    await expect(asked("w")).rejects.toThrow(`names "w", which is no variable of the model; ${variables}`);
  });

  it("have no levels of grouping factors but with conditional effects", async () => {
    await expect(means(fitted, { at: ["g=g1"], effects })).rejects.toThrow(
      'at names "g", which is in the model as a grouping factor alone, whose levels count with effects "conditional"',
    );
  });

  it("are said to be extrapolated far outside of the data", async () => {
    const end = "the model extrapolates";
    expect(await notes("x=-1.1,0,1.15")).toEqual([]);
    expect(await notes("x=0,50")).toEqual([`x = 50 is far outside of the data (-1 to 1): ${end}`]);
    expect(await notes("x=-9,8,7,50")).toEqual([`x = -9, ..., 50 is far outside of the data (-1 to 1): ${end}`]);
    expect(await notes("day=2025-01-01")).toEqual([
      `day = 2025-01-01 is far outside of the data (2024-03-01 to 2024-03-28): ${end}`,
    ]);
    const { notes: ofSlopes } = await slopes(fitted, { of: ["x"], at: ["day=2025-01-01"], effects });
    expect(ofSlopes.filter((note) => note.endsWith(end))).toHaveLength(1);
  });

  it("are said to change no mean where they are in another line", async () => {
    expect(await notes("z=1")).toEqual(["z is in the line of phi alone: what is given for it does not change mu"]);
  });
});
