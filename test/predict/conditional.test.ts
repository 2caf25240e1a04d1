import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fit, type MlFit, parseTable, predict } from "../../src/index.js";

interface Told {
  readonly estimate: readonly number[];
  readonly sd: readonly number[];
}
interface Case extends Readonly<Record<"link" | "mean", Told>> {
  readonly data: string;
  readonly model: string;
}
const folder = (path: string) => resolve(import.meta.dirname, "../..", path);
const { cases }: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(folder("validation/fixtures/predict/glmmTMB.fixture.json"), "utf8"),
);

describe("standard errors of maximum likelihood given the effects of known levels", () => {
  it.each(cases)("are those of glmmTMB: $data", async ({ data, model, ...told }) => {
    const table = parseTable(readFileSync(folder(`models/${data}/data.csv`), "utf8"), { name: data });
    const found = await fit(model, table, {
      engine: "ml",
      method: data === "sleepstudy" || data === "penicillin" ? "lmm" : "laplace",
    });
    for (const scale of ["link", "mean"] as const) {
      const { estimate, sd } = await predict(found, null, { effects: "conditional", scale });
      told[scale].sd.forEach((error, i) => {
        expect(Math.abs(estimate[i] - told[scale].estimate[i]) / error, `${scale} ${i}`).toBeLessThan(2e-4);
        expect(Math.abs(sd[i] / error - 1), `sd, ${scale} ${i}`).toBeLessThan(2e-4);
      });
    }
  });

  it("are those of Henderson's equations where the variances are held, nested levels that are new included", async () => {
    const rows = Array.from({ length: 24 }, (_, i) => i);
    const data = {
      x: rows.map((i) => Math.sin(3 * i)),
      g: rows.map((i) => `g${i % 4}`),
      k: rows.map((i) => `k${i % 3}`),
      y: rows.map((i) => Math.cos(i) + 0.5 * (i % 4)),
    };
    const model = `y ~ normal(mu, sigma)
mu = 1 + x + (1 | g) + (1 | g:k)
prior sd[g] ~ constant(0.8)
prior sd[g:k] ~ constant(0.5)
prior sigma ~ constant(0.7)`;
    const found = await fit(model, data, { engine: "ml" });
    const levels = [0, 1, 2, 3].flatMap((a) => [0, 1, 2].map((b) => [a, b]));
    const columns = (x: number, a: number, b: number) => [
      1,
      x,
      ...[0, 1, 2, 3].map((g) => Number(g === a)),
      ...levels.map(([g, k]) => Number(g === a && k === b)),
    ];
    // The precision of coefficients and effects together.
    const size = columns(0, 0, 0).length;
    const A = Array.from({ length: size }, (_, r) =>
      Array.from({ length: size }, (__, c) => (r !== c || r < 2 ? 0 : r < 6 ? 1 / 0.8 ** 2 : 1 / 0.5 ** 2)),
    );
    for (const i of rows) {
      const z = columns(data.x[i], i % 4, i % 3);
      z.forEach((one, r) => {
        z.forEach((other, c) => {
          A[r][c] += (one * other) / 0.7 ** 2;
        });
      });
    }
    const { sd, isNew } = await predict(
      found,
      { x: [0.3, 2, -1], g: ["g1", "g2", "g2"], k: ["k0", "k2", "new"] },
      { effects: "conditional" },
    );
    const form = (z: readonly number[]) => {
      const solved = solve(A, z);
      return z.reduce((sum, value, k) => sum + value * solved[k], 0);
    };
    expect([...isNew]).toEqual([0, 0, 1]);
    expect(sd[0]).toBeCloseTo(Math.sqrt(form(columns(0.3, 1, 0))), 6);
    expect(sd[1]).toBeCloseTo(Math.sqrt(form(columns(2, 2, 2))), 6);
    expect(sd[2]).toBeCloseTo(Math.sqrt(form(columns(-1, 2, -1)) + 0.5 ** 2), 6);
  });

  it("exist where a fit is singular, and are those of a posterior nearly", async () => {
    const found = (await fit("y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)", noEffects, { engine: "ml" })) as MlFit;
    const { sd } = await predict(found, null, { effects: "conditional" });
    const zero = await predict(found, null, { effects: "zero" });
    sd.forEach((error, i) => {
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThan(3 * zero.sd[i]);
    });
  });
});

const noEffects = {
  x: Array.from({ length: 30 }, (_, i) => Math.sin(i)),
  g: Array.from({ length: 30 }, (_, i) => `g${i % 5}`),
  y: Array.from({ length: 30 }, (_, i) => Math.cos(7 * i)),
};

/** By elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const A = matrix.map((row, r) => [...row, right[r]]);
  A.forEach((pivot, k) => {
    A.forEach((row, r) => {
      if (r === k) return;
      const by = row[k] / pivot[k];
      row.forEach((_, c) => {
        row[c] -= by * pivot[c];
      });
    });
  });
  return A.map((row, r) => row[row.length - 1] / row[r]);
}
