import type { EffectsModel, StageReference } from "../../src/kernel/map/EffectsModel.js";
import { cholesky, choleskyAdjoint, solveLower, solveLowerTransposed } from "../../src/math/linalg/cholesky.js";

type PerFactor = readonly Float64Array[];

/** What a map takes: per factor P and z, the coefficients, and the derivatives of some value in b. */
export interface EffectsInputs {
  readonly P: PerFactor;
  readonly z: PerFactor;
  readonly dBeta: Float64Array;
  readonly bAdjoint: PerFactor;
}

export interface EffectsOutputs {
  readonly b: PerFactor;
  readonly logRoots: number;
  readonly squares: PerFactor;
  readonly zGradient: PerFactor;
  readonly PAdjoint: PerFactor;
  readonly betaGradient: Float64Array;
}

/** The plain twin of the kernel's map of effects: the precision of each stage as one dense matrix. */
export function plainEffects(model: EffectsModel, { P, z, dBeta, bAdjoint }: EffectsInputs): EffectsOutputs {
  const { factors, stages } = model;
  const b = z.map(({ length }) => new Float64Array(length));
  const left = bAdjoint.map((slopes) => slopes.slice());
  const zGradient = z.map(({ length }) => new Float64Array(length));
  const PAdjoint = P.map(({ length }) => new Float64Array(length));
  const betaGradient = new Float64Array(dBeta.length);
  let logRoots = 0;
  const placed = stages.map((stage) => ({ stage, order: factorsOf(stage) })).reverse();
  const done = placed.map(({ stage, order }) => {
    const h = concatenate(order.map((f) => information(model, f, dBeta, b)));
    const own = stage.kind === "spectral" ? spectralStage(stage, P) : choleskyStage(stage, model, P);
    logRoots += own.logRoots;
    spread(own.forward(h, concatenate(order.map((f) => z[f]))), order, b);
    return { order, own };
  });
  for (const { order, own } of done.reverse()) {
    const { a, hAdjoint } = own.backward(concatenate(order.map((f) => left[f])), PAdjoint);
    spread(a, order, zGradient);
    let at = 0;
    for (const f of order) {
      chainInformation(model, f, hAdjoint.subarray(at, at + b[f].length), betaGradient, left);
      at += b[f].length;
    }
  }
  const squares = b.map((effects, f) => sumOfSquares(effects, factors[f].effects));
  return { b, logRoots, squares, zGradient, PAdjoint, betaGradient };
}

const factorsOf = (stage: StageReference) =>
  stage.kind === "tree" ? stage.generations.map(({ factor }) => factor) : [stage.factor];

const concatenate = (parts: PerFactor) => Float64Array.from(parts.flatMap((part) => [...part]));

function spread(all: Float64Array, order: readonly number[], to: PerFactor): void {
  let at = 0;
  for (const f of order) {
    to[f].set(all.subarray(at, at + to[f].length));
    at += to[f].length;
  }
}

/** h = r - A dBeta - C (b - mode) */
function information({ factors }: EffectsModel, f: number, dBeta: Float64Array, b: PerFactor): Float64Array {
  const { r, A, couplings, levels: J, effects: q } = factors[f];
  const h = r.slice();
  for (let k = 0; k < A.length; k++) h[Math.floor(k / dBeta.length)] -= A[k] * dBeta[k % dBeta.length];
  for (const { factor, start, levels, blocks } of couplings) {
    const { effects: width, mode } = factors[factor];
    for (let j = 0; j < J; j++)
      for (let m = start[j]; m < start[j + 1]; m++)
        for (let k = 0; k < q * width; k++) {
          const other = levels[m] * width + (k % width);
          h[j * q + Math.floor(k / width)] -= blocks[m * q * width + k] * (b[factor][other] - mode[other]);
        }
  }
  return h;
}

function chainInformation(
  { factors }: EffectsModel,
  f: number,
  hAdjoint: Float64Array,
  betaGradient: Float64Array,
  bAdjoint: PerFactor,
): void {
  const { A, couplings, levels: J, effects: q } = factors[f];
  const p = betaGradient.length;
  for (let k = 0; k < A.length; k++) betaGradient[k % p] -= A[k] * hAdjoint[Math.floor(k / p)];
  for (const { factor, start, levels, blocks } of couplings) {
    const { effects: width } = factors[factor];
    for (let j = 0; j < J; j++)
      for (let m = start[j]; m < start[j + 1]; m++)
        for (let k = 0; k < q * width; k++)
          bAdjoint[factor][levels[m] * width + (k % width)] -=
            blocks[m * q * width + k] * hAdjoint[j * q + Math.floor(k / width)];
  }
}

interface Stage {
  readonly logRoots: number;
  forward(h: Float64Array, z: Float64Array): Float64Array;
  /** Adds to PAdjoint. */
  backward(bAdjoint: Float64Array, PAdjoint: PerFactor): { readonly a: Float64Array; readonly hAdjoint: Float64Array };
}

/** b = L^-T (L^-1 h + z), Q = L L'. */
function choleskyStage(stage: Exclude<StageReference, { kind: "spectral" }>, model: EffectsModel, P: PerFactor): Stage {
  const { Q, n, blocks } = densePrecision(stage, model, P);
  const L = Q.slice();
  const definite = cholesky(L, n);
  let logRoots = 0;
  for (let k = 0; k < n; k++) logRoots += Math.log(L[k * (n + 1)]);
  const y = new Float64Array(n);
  const b = new Float64Array(n);
  return {
    logRoots: definite ? logRoots : Number.NaN,
    forward(h, z) {
      y.set(h);
      solveLower(L, n, y);
      b.set(y.map((value, k) => value + z[k]));
      solveLowerTransposed(L, n, b);
      return b;
    },
    backward(bAdjoint, PAdjoint) {
      const a = bAdjoint.slice();
      solveLower(L, n, a);
      const hAdjoint = a.slice();
      solveLowerTransposed(L, n, hAdjoint);
      const adjoint = new Float64Array(n * n);
      for (let r = 0; r < n; r++) {
        for (let c = 0; c <= r; c++) adjoint[r * n + c] = -b[r] * a[c] - hAdjoint[r] * y[c];
        adjoint[r * (n + 1)] -= 1 / L[r * (n + 1)];
      }
      choleskyAdjoint(L, n, adjoint);
      for (const { factor, at, q } of blocks)
        for (let r = 0; r < q; r++)
          for (let c = 0; c <= r; c++)
            PAdjoint[factor][r * q + c] += (r === c ? 1 : 2) * adjoint[(at + r) * n + at + c];
      return { a, hAdjoint };
    },
  };
}

/** W + P, and where each block of P stands. */
function densePrecision(stage: Exclude<StageReference, { kind: "spectral" }>, { factors }: EffectsModel, P: PerFactor) {
  const order = factorsOf(stage);
  const starts: number[] = [];
  let n = 0;
  for (const f of order) {
    starts[f] = n;
    n += factors[f].levels * factors[f].effects;
  }
  const Q = new Float64Array(n * n);
  if (stage.kind === "dense") Q.set(stage.curvature);
  else
    for (const { factor, ancestors, curvature } of stage.generations) {
      const { levels, effects: q } = factors[factor];
      for (let j = 0; j < levels; j++) {
        const rows = [
          { factor, level: j },
          ...ancestors.map((a) => ({ factor: a.factor, level: a.levelIndex[j] })),
        ].flatMap(({ factor: f, level }) =>
          Array.from({ length: factors[f].effects }, (_, e) => starts[f] + level * factors[f].effects + e),
        );
        for (const [r, row] of rows.entries())
          for (let c = 0; c < q; c++) {
            const value = curvature[(j * rows.length + r) * rows.length + c];
            Q[row * n + rows[c]] = value;
            Q[rows[c] * n + row] = value;
          }
      }
    }
  const blocks = order.flatMap((factor) => {
    const { levels, effects: q } = factors[factor];
    return Array.from({ length: levels }, (_, j) => ({ factor, q, at: starts[factor] + j * q }));
  });
  for (const { factor, at, q } of blocks)
    for (let r = 0; r < q; r++) for (let c = 0; c < q; c++) Q[(at + r) * n + at + c] += P[factor][r * q + c];
  return { Q, n, blocks };
}

/** b = V (scales^2 V'h + scales z), scales = (lambda + P)^-1/2. */
function spectralStage(stage: Extract<StageReference, { kind: "spectral" }>, P: PerFactor): Stage {
  const { factor, eigenvalues, eigenvectors: V } = stage;
  const n = eigenvalues.length;
  const scales = eigenvalues.map((value) => 1 / Math.sqrt(value + P[factor][0]));
  const across = (x: Float64Array) =>
    scales.map((_, k) => x.reduce((total, value, i) => total + V[k * n + i] * value, 0));
  const along = (x: Float64Array) =>
    scales.map((_, i) => x.reduce((total, value, k) => total + V[k * n + i] * value, 0));
  let means = new Float64Array(n);
  let deviations = new Float64Array(n);
  return {
    logRoots: scales.reduce((total, scale) => total - Math.log(scale), 0),
    forward(h, z) {
      means = across(h).map((value, k) => value * scales[k] ** 2);
      deviations = z.map((value, k) => value * scales[k]);
      return along(means.map((mean, k) => mean + deviations[k]));
    },
    backward(bAdjoint, PAdjoint) {
      const slopes = across(bAdjoint);
      slopes.forEach((slope, k) => {
        PAdjoint[factor][0] -= scales[k] ** 2 * (slope * (means[k] + 0.5 * deviations[k]) + 0.5);
      });
      return {
        a: slopes.map((slope, k) => slope * scales[k]),
        hAdjoint: along(slopes.map((slope, k) => slope * scales[k] ** 2)),
      };
    },
  };
}

/** Lower entries. */
function sumOfSquares(b: Float64Array, q: number): Float64Array {
  const squares = new Float64Array(q * q);
  for (let at = 0; at < b.length; at += q)
    for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) squares[r * q + c] += b[at + r] * b[at + c];
  return squares;
}
