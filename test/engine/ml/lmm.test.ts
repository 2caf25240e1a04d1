import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { designColumns } from "../../../src/engine/ml/designColumns.js";
import { LinearCriterion } from "../../../src/engine/ml/lmm/criterion.js";
import { linearProducts } from "../../../src/engine/ml/lmm/products.js";
import { relativeCovariance } from "../../../src/engine/ml/lmm/relativeCovariance.js";
import { linearMixedModel } from "../../../src/engine/ml/lmm.js";
import { parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { cholesky, logDeterminant, solveLower } from "../../../src/math/linalg/cholesky.js";
import { runSync } from "../../../src/math/steps.js";
import { numericalGradient, uniforms } from "../../density/models.js";
import { denseZ, groupedTable, type LambdaKind, randomLambda, randomParts, viewOf } from "../../marginal/designs.js";

const rows = 40;
const valueTolerance = 1e-9;
const gradientTolerance = 1e-6;
const kinds: readonly LambdaKind[] = ["regular", "zero", "singular"];
const LOG_TWO_PI = Math.log(2 * Math.PI);

type Matrix = number[][];

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k] * b[k];
  return total;
};

/** log N(y; 0, V) for a dense V. */
function logNormal(y: ArrayLike<number>, V: Matrix): number {
  const n = y.length;
  const L = Float64Array.from(V.flat());
  if (!cholesky(L, n)) throw new Error("V is not positive definite");
  const z = Float64Array.from(y);
  solveLower(L, n, z);
  return -0.5 * (n * LOG_TWO_PI + logDeterminant(L, n) + dot(z, z));
}

/** V^-1 x by Gaussian elimination. */
function solveDense(V: Matrix, x: ArrayLike<number>): number[] {
  const n = x.length;
  const A = V.map((row, r) => [...row, x[r]]);
  for (let c = 0; c < n; c++) {
    const pivot = A.slice(c).reduce((best, row, k) => (Math.abs(row[c]) > Math.abs(A[best][c]) ? c + k : best), c);
    [A[c], A[pivot]] = [A[pivot], A[c]];
    for (let r = 0; r < n; r++)
      if (r !== c) {
        const factor = A[r][c] / A[c][c];
        for (let k = c; k <= n; k++) A[r][k] -= factor * A[c][k];
      }
  }
  return A.map((row, r) => row[n] / row[r]);
}

/** A model by dense matrices: columns of X, Z, the response without its offset. */
function denseModel(text: string, seed: number) {
  const { view, design } = viewOf(text, groupedTable(seed, rows));
  const { X, offset } = designColumns(view);
  const columns = Array.from({ length: view.sizes.beta }, (_, k) => [...X.subarray(k * rows, (k + 1) * rows)]);
  const y = Array.from(design.response.values, (value, i) => value - offset[i]);
  return { view, columns, Z: denseZ(design), y };
}

/** G over all effects and V = sigma^2 (I + Z Lambda Lambda' Z'), for a relative Lambda. */
function covariances(view: LatentGaussian, Z: Matrix, Lambda: readonly Float64Array[], sigma: number) {
  const N = Z[0].length;
  const G = Array.from({ length: N }, () => new Array<number>(N).fill(0));
  let start = 0;
  view.factors.forEach(({ levels, effects: q }, f) => {
    for (let j = 0; j < levels; j++, start += q)
      for (let r = 0; r < q; r++)
        for (let c = 0; c < q; c++)
          G[start + r][start + c] =
            sigma ** 2 * dot(Lambda[f].subarray(r * q, r * q + q), Lambda[f].subarray(c * q, c * q + q));
  });
  const GZ = G.map((row) => Z.map((z) => dot(row, z)));
  const V = Z.map((z, i) =>
    Z.map(
      (_, k) =>
        dot(
          z,
          GZ.map((row) => row[k]),
        ) + (i === k ? sigma ** 2 : 0),
    ),
  );
  return { G, GZ, V };
}

/** Generalised least squares. */
function denseBeta(columns: Matrix, V: Matrix, y: readonly number[]): number[] {
  const images = columns.map((x) => solveDense(V, x));
  return solveDense(
    images.map((image) => columns.map((x) => dot(image, x))),
    images.map((image) => dot(image, y)),
  );
}

const residual = (columns: Matrix, beta: ArrayLike<number>, y: readonly number[]) =>
  y.map((value, i) => columns.reduce((rest, x, k) => rest - beta[k] * x[i], value));

/** An orthonormal basis of what is orthogonal to the columns. */
function contrasts(columns: Matrix): Matrix {
  const basis: Matrix = [];
  const unit = Array.from({ length: rows }, (_, i) => Array.from({ length: rows }, (__, k) => (i === k ? 1 : 0)));
  for (const candidate of [...columns, ...unit]) {
    let rest = candidate;
    for (let pass = 0; pass < 2; pass++)
      for (const known of basis) {
        const share = dot(rest, known);
        rest = rest.map((value, i) => value - share * known[i]);
      }
    const size = Math.sqrt(dot(rest, rest));
    if (size > 1e-6 * Math.sqrt(dot(candidate, candidate))) basis.push(rest.map((value) => value / size));
  }
  return basis.slice(columns.length);
}

/** The density of the error contrasts, less 1/2 log |X'X| (Harville 1974): beta integrated out under a flat prior. */
function restrictedLogLikelihood(columns: Matrix, V: Matrix, y: readonly number[]): number {
  const K = contrasts(columns);
  const KV = K.map((k) => V.map((row) => dot(k, row)));
  const XX = Float64Array.from(columns.flatMap((a) => columns.map((b) => dot(a, b))));
  cholesky(XX, columns.length);
  const covariance = KV.map((row) => K.map((k) => dot(row, k)));
  return (
    logNormal(
      K.map((k) => dot(k, y)),
      covariance,
    ) -
    0.5 * logDeterminant(XX, columns.length)
  );
}

const textOf = (random: string) =>
  [
    "y ~ normal(mu, sigma)",
    ["mu = 1 + x1 + I(x2^2) + offset(x2)", random].filter((part) => part !== "").join(" + "),
  ].join("\n");

const structures = [...Object.entries(randomParts), ["none", { random: "", structure: "none" }] as const].map(
  ([name, { random }]) => ({ name, text: textOf(random) }),
);

for (const { name, text } of structures)
  describe(`a linear mixed model with ${name}`, () => {
    const { view, columns, Z, y } = denseModel(text, 5);
    const products = linearProducts(view);
    const layout = relativeCovariance(products, parameterVector(view));

    for (const kind of kinds) {
      const Lambda = randomLambda(view, kind, 8);

      it(`has the likelihoods of dense matrices at a ${kind} Lambda`, () => {
        for (const sigma of [null, 0.7]) {
          const ml = new LinearCriterion(products, false);
          const at = ml.evaluate(Lambda, null, sigma);
          const { V } = covariances(view, Z, Lambda, at.sigma);
          const beta = denseBeta(columns, V, y);
          expect(Math.abs(at.value + logNormal(residual(columns, beta, y), V))).toBeLessThan(valueTolerance * rows);
          beta.forEach((value, k) => {
            expect(ml.solution.beta[k]).toBeCloseTo(value, 9);
          });
          const reml = new LinearCriterion(products, true);
          const restricted = reml.evaluate(Lambda, null, sigma);
          const { V: W } = covariances(view, Z, Lambda, restricted.sigma);
          expect(Math.abs(restricted.value + restrictedLogLikelihood(columns, W, y))).toBeLessThan(
            valueTolerance * rows,
          );
        }
      });

      it(`has exact gradients at a ${kind} Lambda`, () => {
        const theta = new Float64Array(layout.entries.length);
        layout.pack(Lambda, theta);
        const [matrices, gradients] = [layout.matrices(), layout.matrices()];
        const slopes = new Float64Array(theta.length);
        const check = (value: (criterion: LinearCriterion) => number, criterion: LinearCriterion) => {
          const numerical = numericalGradient((x) => {
            layout.unpack(x, matrices);
            criterion.evaluate(matrices, null);
            return value(criterion);
          }, theta);
          layout.adjoint(gradients, slopes);
          slopes.forEach((slope, k) => {
            expect(Math.abs(slope - numerical[k])).toBeLessThan(gradientTolerance * (1 + Math.abs(numerical[k])));
          });
        };
        layout.unpack(theta, matrices);
        const copy = matrices.map((matrix) => matrix.slice());
        for (const reml of [false, true]) {
          const criterion = new LinearCriterion(products, reml);
          for (const sigma of [null, 0.7]) {
            criterion.evaluate(copy, gradients, sigma);
            check((moved) => moved.evaluate(matrices, null, sigma).value, criterion);
          }
          criterion.evaluate(copy, null, 0.7);
          criterion.fillSigmaRow(0.7, gradients);
          check(({ solution, degrees }) => degrees - solution.squares / 0.49, criterion);
          const direction = Float64Array.from(columns, (_, k) => 1 + k);
          criterion.evaluate(copy, null, 0.7);
          criterion.fillVarianceGradient(direction, gradients);
          check(({ solution: { inverse } }) => {
            const p = direction.length;
            return direction.reduce((sum, d, r) => sum + d * dot(inverse.subarray(r * p, r * p + p), direction), 0);
          }, criterion);
        }
      });
    }

    it("has the conditional modes and sds of dense matrices, at estimates that nothing near is better than", () => {
      for (const reml of [false, true]) {
        const { parameters, effects, logLikelihood, convergence } = runSync(linearMixedModel(view, { reml }));
        expect(convergence.converged).toBe(true);
        const criterion = new LinearCriterion(products, reml);
        const next = uniforms(33);
        for (let k = 0; k < 30; k++) {
          const other = randomLambda(view, "regular", 100 + k).map((L) => L.map((entry) => entry * (1 + next())));
          expect(-criterion.evaluate(other, null).value).toBeLessThan((logLikelihood ?? NaN) + 1e-9);
        }
        const fit = estimatedCovariance(view, parameters);
        const { GZ, G, V } = covariances(view, Z, fit.Lambda, fit.sigma);
        const beta = denseBeta(columns, V, y);
        const image = solveDense(V, residual(columns, beta, y));
        const modes = (effects?.modes ?? []).flatMap((part) => [...part]);
        const sds = (effects?.sds ?? []).flatMap((part) => [...part]);
        expect(modes.length).toBe(G.length);
        GZ.forEach((row, k) => {
          expect(modes[k]).toBeCloseTo(dot(row, image), 6);
          const variance = G[k][k] - dot(row, solveDense(V, row));
          expect(sds[k] ** 2).toBeCloseTo(variance, 6);
        });
      }
    });
  });

/** Relative Lambda and sigma from what a fit reports; terms in the order of the factors. */
function estimatedCovariance(view: LatentGaussian, parameters: readonly { name: string; estimate: number }[]) {
  const sigma = parameters[parameters.length - 1].estimate;
  const rest = parameters.slice(view.sizes.beta);
  const Lambda = view.factors.map(({ name, effects: q }) => {
    const own = rest.filter(({ name: parameter }) => parameter.includes(`[${name}, `));
    const sds = own.filter(({ name: parameter }) => parameter.startsWith("sd"));
    const correlation = (a: string, b: string) =>
      own.find(({ name: parameter }) => parameter === `cor[${name}, ${a}, ${b}]`)?.estimate ?? 0;
    const effect = (k: number) => sds[k].name.slice(`sd[${name}, `.length, -1);
    const G = Array.from({ length: q }, (_, r) =>
      Array.from({ length: q }, (__, c) => {
        const r1 = r === c ? 1 : correlation(effect(Math.min(r, c)), effect(Math.max(r, c)));
        const product = (sds[r].estimate * sds[c].estimate) / sigma ** 2;
        return product === 0 ? 0 : r1 * product;
      }),
    );
    return semidefiniteRoot(G);
  });
  return { Lambda, sigma };
}

function semidefiniteRoot(G: Matrix): Float64Array {
  const q = G.length;
  const L = new Float64Array(q * q);
  for (let c = 0; c < q; c++)
    for (let r = c; r < q; r++) {
      const rest = G[r][c] - dot(L.subarray(r * q, r * q + c), L.subarray(c * q, c * q + c));
      const diagonal = L[c * q + c];
      if (r === c) L[r * q + c] = rest > 1e-12 * G[c][c] ? Math.sqrt(rest) : 0;
      else L[r * q + c] = diagonal > 0 ? rest / diagonal : 0;
    }
  return L;
}
