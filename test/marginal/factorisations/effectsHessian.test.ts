import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import type { EffectsBlocks, LatentGaussian } from "../../../src/density/LatentGaussian.js";
import {
  type BlockCholesky,
  effectStarts,
  effectsBlocks,
  effectsVectors,
  joined,
  split,
} from "../../../src/marginal/factorisations/BlockCholesky.js";
import { crossedHessian } from "../../../src/marginal/factorisations/crossedHessian.js";
import { blockCholesky, effectsHessian } from "../../../src/marginal/factorisations/EffectsHessian.js";
import { sparseHessian } from "../../../src/marginal/factorisations/sparseHessian.js";
import { cholesky, inverseFromCholesky, logDeterminant } from "../../../src/math/linalg/cholesky.js";
import { seeds, uniforms } from "../../density/models.js";
import { expectClose, product, transposed } from "../../math/linalg/matrices.js";
import { denseZ, groupedTable, type LambdaKind, randomLambda, randomParts, viewOf } from "../designs.js";

const tolerance = 1e-9;
const differenceTolerance = 1e-6;
const rows = 40;
const kinds: readonly LambdaKind[] = ["regular", "zero", "singular"];

/** The same quantities by dense matrices over all effects, N x N. */
function dense(view: LatentGaussian, Z: readonly number[][], w: Float64Array, Lambda: readonly Float64Array[]) {
  const starts = effectStarts(view);
  const N = starts[starts.length - 1];
  const wide = new Float64Array(N * N);
  view.factors.forEach(({ levels, effects: q }, f) => {
    for (let j = 0; j < levels; j++)
      for (let r = 0; r < q; r++)
        for (let c = 0; c < q; c++) {
          const at = starts[f] + j * q;
          wide[(at + r) * N + at + c] = Lambda[f][r * q + c];
        }
  });
  const ZWZ = new Float64Array(N * N);
  Z.forEach((z, i) => {
    for (let r = 0; r < N; r++) for (let c = 0; c < N; c++) ZWZ[r * N + c] += z[r] * w[i] * z[c];
  });
  const H = product(transposed(wide, N), product(ZWZ, wide, N), N);
  for (let k = 0; k < N; k++) H[k * N + k] += 1;
  const L = H.slice();
  const isDefinite = cholesky(L, N);
  const inverse = new Float64Array(N * N);
  if (isDefinite) inverseFromCholesky(L, N, inverse);
  const covariance = product(wide, product(inverse, transposed(wide, N), N), N);
  const adjoint = product(ZWZ, product(wide, inverse, N), N);
  const leverages = Z.map((z) => z.reduce((total, zr, r) => total + (zr === 0 ? 0 : zr * row(covariance, r, N, z)), 0));
  return {
    N,
    H,
    isDefinite,
    logDeterminant: isDefinite ? logDeterminant(L, N) : 0,
    inverse,
    covariance,
    adjoint,
    leverages,
  };
}

const row = (matrix: Float64Array, r: number, N: number, x: readonly number[]) =>
  x.reduce((total, value, c) => total + value * matrix[r * N + c], 0);

/** Those entries of a dense matrix that the blocks hold. */
function blocksOf(view: LatentGaussian, matrix: Float64Array, N: number): EffectsBlocks {
  const starts = effectStarts(view);
  const block = (a: number, b: number, qa: number, qb: number) =>
    Array.from({ length: qa * qb }, (_, k) => matrix[(a + Math.floor(k / qb)) * N + b + (k % qb)]);
  return {
    factors: view.factors.map(({ levels, effects: q }, f) => {
      const blocks = Array.from({ length: levels }, (_, j) => block(starts[f] + j * q, starts[f] + j * q, q, q));
      return Float64Array.from(blocks.flat());
    }),
    pairs: view.pairs.map(({ first, second, start, levels }) => {
      const [qa, qb] = [view.factors[first].effects, view.factors[second].effects];
      const blocks = Array.from({ length: view.factors[first].levels }, (_, j) =>
        [...levels.subarray(start[j], start[j + 1])].flatMap((level) =>
          block(starts[first] + j * qa, starts[second] + level * qb, qa, qb),
        ),
      );
      return Float64Array.from(blocks.flat());
    }),
  };
}

function expectBlocksClose(actual: EffectsBlocks, expected: EffectsBlocks): void {
  actual.factors.forEach((part, f) => {
    expectClose(part, expected.factors[f], tolerance);
  });
  actual.pairs.forEach((part, k) => {
    expectClose(part, expected.pairs[k], tolerance);
  });
}

/** The sum of the levels' diagonal blocks of a dense matrix. */
function summedBlocks(view: LatentGaussian, matrix: Float64Array, N: number): Float64Array[] {
  return blocksOf(view, matrix, N).factors.map((blocks, f) => {
    const size = view.factors[f].effects ** 2;
    return Float64Array.from({ length: size }, (_, k) => {
      let total = 0;
      for (let at = k; at < blocks.length; at += size) total += blocks[at];
      return total;
    });
  });
}

function problem(random: string, seed: number, factorisation?: (view: LatentGaussian) => BlockCholesky) {
  const { view, design } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}`, groupedTable(seed, rows));
  const hessian = effectsHessian(view, factorisation?.(view));
  return { view, hessian, Z: denseZ(design), blocks: effectsBlocks(view), next: uniforms(seed + 1) };
}

const factorisations = { "the structure's own": blockCholesky, sparse: sparseHessian, "dense Schur": crossedHessian };

describe("H = Lambda' Z'WZ Lambda + I", () => {
  for (const [name, { random, structure }] of Object.entries(randomParts))
    for (const [which, factorisation] of Object.entries(factorisations))
      describe(`${name}, ${which} factorisation`, () => {
        it("has the determinant, solutions, inverse, leverages and adjoint of the dense matrix", () => {
          fc.assert(
            fc.property(seeds, fc.constantFrom(...kinds), (seed, kind) => {
              const { view, hessian, Z, blocks, next } = problem(random, seed, factorisation);
              expect(view.structure).toBe(structure);
              // The object is used twice: symbolic work and buffers must not remember the first use.
              for (const scale of [1, 5]) {
                const w = Float64Array.from({ length: rows }, () => scale * (1 + next()));
                const Lambda = randomLambda(view, kind, seed + scale);
                view.accumulateEffects(w, blocks);
                const expected = dense(view, Z, w, Lambda);
                expect(hessian.factor(blocks, Lambda)).toBeCloseTo(expected.logDeterminant, 9);
                const x = Float64Array.from({ length: expected.N }, next);
                const r = effectsVectors(view);
                split(
                  x.map((_, k) => row(expected.H, k, expected.N, [...x])),
                  r,
                );
                hessian.solve(r);
                const solved = new Float64Array(expected.N);
                joined(r, solved);
                expectClose(solved, x, tolerance);
                expectBlocksClose(hessian.inverse(), blocksOf(view, expected.inverse, expected.N));
                expectBlocksClose(hessian.covariance(), blocksOf(view, expected.covariance, expected.N));
                const leverages = new Float64Array(rows);
                hessian.leverages(leverages);
                expectClose(leverages, expected.leverages, tolerance);
                const adjoint = Lambda.map((matrix) => new Float64Array(matrix.length).fill(Number.NaN));
                hessian.lambdaAdjoint(adjoint);
                summedBlocks(view, expected.adjoint, expected.N).forEach((part, f) => {
                  expectClose(adjoint[f], part, tolerance);
                });
              }
            }),
            { seed: 31, numRuns: 12 },
          );
        });

        it("reports when it is not positive definite, as the dense matrix does, and recovers", () => {
          let refused = 0;
          for (let seed = 1; seed <= 12; seed++) {
            const { view, hessian, Z, blocks, next } = problem(random, seed, factorisation);
            const Lambda = randomLambda(view, "regular", seed);
            const centre = seed % 2 === 0 ? 0.6 : -0.4;
            const w = Float64Array.from({ length: rows }, () => centre + 0.7 * next());
            view.accumulateEffects(w, blocks);
            const { isDefinite, logDeterminant: expected } = dense(view, Z, w, Lambda);
            const found = hessian.factor(blocks, Lambda);
            if (isDefinite) expect(found).toBeCloseTo(expected, 8);
            else expect(found).toBeNull();
            if (!isDefinite) refused++;
            view.accumulateEffects(w.fill(1), blocks);
            expect(hessian.factor(blocks, Lambda)).toBeCloseTo(dense(view, Z, w, Lambda).logDeterminant, 9);
            view.accumulateEffects(w.fill(Number.NaN), blocks);
            expect(hessian.factor(blocks, Lambda)).toBeNull();
          }
          expect(refused).toBeGreaterThan(0);
          expect(refused).toBeLessThan(12);
        });
      });

  for (const [name, { random }] of Object.entries(randomParts))
    it(`${name}: leverages and adjoint are derivatives of log|H|`, () => {
      for (const kind of kinds) {
        const { view, hessian, blocks, next } = problem(random, 77);
        const w = Float64Array.from({ length: rows }, () => 1 + next());
        const Lambda = randomLambda(view, kind, 5);
        const logDeterminantAt = (weights: Float64Array, L: readonly Float64Array[]): number => {
          view.accumulateEffects(weights, blocks);
          return hessian.factor(blocks, L) ?? Number.NaN;
        };
        logDeterminantAt(w, Lambda);
        const leverages = new Float64Array(rows);
        hessian.leverages(leverages);
        const adjoint = Lambda.map((matrix) => new Float64Array(matrix.length));
        hessian.lambdaAdjoint(adjoint);
        const byWeight = w.map(
          (_, i) =>
          slope((h) => logDeterminantAt(w.map((x, k) => (k === i ? x + h : x)), Lambda)), // biome-ignore format: one line
        );
        expectClose(leverages, byWeight, differenceTolerance);
        Lambda.forEach((matrix, f) => {
          const byLambda = matrix.map((_, at) => {
            const moved = (h: number) => Lambda.map((L, g) => L.map((x, k) => (g === f && k === at ? x + h : x)));
            return slope((h) => 0.5 * logDeterminantAt(w, moved(h)));
          });
          expectClose(adjoint[f], byLambda, differenceTolerance);
        });
      }
    });
});

describe("the choice of a factorisation", () => {
  /** Level i of a meets levels i and i + 1 of b: a path, without fill in a good order, but a dense Schur complement is as large as b. */
  const pathOf = (levels: number) => {
    const table = toTable({
      y: Float64Array.from({ length: 2 * levels }, (_, i) => i % 3),
      a: Float64Array.from({ length: 2 * levels }, (_, i) => Math.floor(i / 2)),
      b: Float64Array.from({ length: 2 * levels }, (_, i) => Math.floor((i + 1) / 2)),
    });
    return viewOf("y ~ normal(mu, 1)\nmu = 1 + (1 | a) + (1 | b)", table).view;
  };

  it("takes two large factors that hardly meet as sparse, with the same result", () => {
    expect(blockCholesky(pathOf(300))).not.toHaveProperty("operations");
    const view = pathOf(1600);
    const chosen = blockCholesky(view);
    expect(chosen).toHaveProperty("operations");
    const next = uniforms(2);
    const Lambda = view.factors.map(() => Float64Array.of(0.8));
    const w = Float64Array.from({ length: view.rows }, () => 1.2 + next());
    const blocks = effectsBlocks(view);
    view.accumulateEffects(w, blocks);
    const [sparse, crossed] = [chosen, crossedHessian(view)].map((factorisation) => {
      const hessian = effectsHessian(view, factorisation);
      const logDeterminant = hessian.factor(blocks, Lambda) ?? Number.NaN;
      const leverages = new Float64Array(view.rows);
      hessian.leverages(leverages);
      return { logDeterminant, leverages };
    });
    expect(sparse.logDeterminant / crossed.logDeterminant).toBeCloseTo(1, 12);
    expectClose(sparse.leverages, crossed.leverages, tolerance);
  });
});

const slope = (f: (h: number) => number, h = 1e-3) => (4 * ((f(h / 2) - f(-h / 2)) / h) - (f(h) - f(-h)) / (2 * h)) / 3;
