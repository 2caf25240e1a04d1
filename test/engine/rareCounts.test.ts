import { describe, expect, it } from "vitest";
import { fit } from "../../src/index.js";

/*
 * A handful of rare counts without random effects: along a coefficient the density is flat on one side and ends at a cliff on the other. The
 * right answers, mean, sd, q5 and q95 of each coefficient, are those of 4 chains of 40,000 draws each by the engine nuts.
 */
const model = "y ~ poisson(mu)\nlog(mu) = 1 + x * z";

/** Columns of so many rows whose counts are 0 but in the rows given. */
const table = (x: readonly number[], z: readonly number[], events: Readonly<Record<number, number>>) => ({
  x,
  z,
  y: x.map((_, row) => events[row] ?? 0),
});

const cases = [
  {
    events: "one event",
    columns: table(
      [
        0.77, 1.5, 1.1, -0.01, -0.86, 0.2, 0.01, 1.61, 0.73, 0.6, 0.61, -0.06, 1.44, -0.07, 0.17, 1.2, 1.79, 0.39, 1.44,
        -0.52,
      ],
      [
        -0.05, -0.48, 0.23, 0.37, 1.45, 0.14, -0.63, 0.29, 1.04, 1.31, 0.09, -1.44, 0.03, -1.44, -0.13, 0.13, 0.79,
        -0.27, -1.66, -0.83,
      ],
      { 2: 1 },
    ),
    exact: [
      [-4.94, 1.7, -8.02, -2.51],
      [0.93, 1.44, -1.38, 3.35],
      [0.25, 1.43, -2.1, 2.63],
      [0.5, 1.35, -1.61, 2.83],
    ],
  },
  {
    events: "four events",
    columns: table(
      [
        -1.24, -1.4, 2.09, -0.63, -0.14, -2.51, -0.34, 0.13, -0.35, -0.11, -0.26, -1.23, 0.68, 1.3, -1.72, 1.1, -1.67,
        1.38, -0.79, 0.44,
      ],
      [
        -0.16, -0.04, 1.46, 2.05, -0.39, 0, 0.53, -0.09, 0.56, 0.13, 2.57, 0.17, 0.97, 0.17, 0.57, -0.57, 1.62, 0.18,
        0.21, -1.05,
      ],
      { 5: 1, 11: 1, 17: 1, 19: 1 },
    ),
    exact: [
      [-2.02, 0.63, -3.14, -1.09],
      [-0.38, 0.47, -1.14, 0.41],
      [-1.62, 0.9, -3.17, -0.23],
      [0.25, 0.85, -1.11, 1.67],
    ],
  },
  {
    events: "six events in four rows",
    columns: table(
      [
        1.87, 0.81, 0.21, -1.6, -1.58, 0.86, -2.24, 0.37, -1.25, -0.27, -0.77, -0.5, -1.3, -1.24, 1.39, -1.81, -0.51,
        0.56, -1.53, -0.76,
      ],
      [
        0.74, 0.18, -0.77, -2.71, -1.32, 0.37, -0.75, 1.7, 0.57, -0.11, -0.35, -0.48, -0.55, 0.44, -0.06, -0.75, 0.92,
        -0.28, -0.7, -0.97,
      ],
      { 3: 3, 4: 1, 6: 1, 11: 1 },
    ),
    exact: [
      [-3.66, 1.17, -5.77, -1.99],
      [-0.88, 0.75, -2.18, 0.28],
      [-1.1, 1.3, -3.37, 0.9],
      [0.06, 0.85, -1.41, 1.4],
    ],
  },
];

describe.each(cases)("rare counts: $events", ({ columns, exact }) => {
  it.each(["inla", "laplace"] as const)("are trusted and right by %s", async (engine) => {
    const found = await fit(model, columns, { engine, seed: 1 });
    expect(found.warnings()).toEqual([]);
    found.summary().parameters.forEach((row, k) => {
      const [mean, sd, q5, q95] = exact[k];
      const offs = [row.mean - mean, row.q5 - q5, row.q95 - q95].map((off) => Math.abs(off) / sd);
      expect(Math.max(...offs), row.name).toBeLessThan(0.2);
      expect(Math.abs(row.sd / sd - 1), row.name).toBeLessThan(0.05);
    });
  });
});
