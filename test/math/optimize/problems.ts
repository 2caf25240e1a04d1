import { readFileSync } from "node:fs";
import type { Objective } from "../../../src/math/optimize/Objective.js";

/** The extended Rosenbrock function, with its minimum 0 at (1, ..., 1). */
export const rosenbrock: Objective = (x, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const across = 1 - x[i];
    const along = x[i + 1] - x[i] * x[i];
    value += across * across + 100 * along * along;
    gradient[i] += -2 * across - 400 * x[i] * along;
    gradient[i + 1] += 200 * along;
  }
  return value;
};

/** gradient'x + x'matrix x / 2, with a row-major matrix. */
export function quadratic(matrix: ArrayLike<number>, linear: ArrayLike<number>): Objective {
  return (x, gradient) => {
    const n = x.length;
    let value = 0;
    for (let i = 0; i < n; i++) {
      let pushed = 0;
      for (let j = 0; j < n; j++) pushed += matrix[i * n + j] * x[j];
      gradient[i] = pushed + linear[i];
      value += x[i] * (0.5 * pushed + linear[i]);
    }
    return value;
  };
}

/** Sum of curvature (x - centre)^2 / 2. */
export function bowl(curvatures: readonly number[], centre: number): Objective {
  return (x, gradient) => {
    let value = 0;
    for (let i = 0; i < x.length; i++) {
      gradient[i] = curvatures[i] * (x[i] - centre);
      value += 0.5 * gradient[i] * (x[i] - centre);
    }
    return value;
  };
}

export interface LogisticFit {
  readonly names: readonly string[];
  readonly columns: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  readonly logLikelihood: number;
}

const path = "../../../validation/fixtures/optimize/logistic.fixture.json";
const fixture: { fits: Record<string, LogisticFit> } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
export const logisticFits = Object.entries(fixture.fits);

/** The negative log-likelihood of a logistic regression. */
export function logisticObjective({ columns, y }: LogisticFit): Objective {
  return (beta, gradient) => {
    gradient.fill(0);
    let value = 0;
    y.forEach((outcome, row) => {
      const eta = columns.reduce((sum, column, j) => sum + column[row] * beta[j], 0);
      value += Math.log1p(Math.exp(-Math.abs(eta))) + Math.max(eta, 0) - outcome * eta;
      const residual = 1 / (1 + Math.exp(-eta)) - outcome;
      columns.forEach((column, j) => {
        gradient[j] += residual * column[row];
      });
    });
    return value;
  };
}

export function logisticHessian({ columns, y }: LogisticFit): (beta: Float64Array) => Float64Array {
  return (beta) => {
    const p = columns.length;
    const hessian = new Float64Array(p * p);
    y.forEach((_, row) => {
      const mu = 1 / (1 + Math.exp(-columns.reduce((sum, column, j) => sum + column[row] * beta[j], 0)));
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) hessian[i * p + j] += mu * (1 - mu) * columns[i][row] * columns[j][row];
      }
    });
    return hessian;
  };
}

/** Solves a small dense system by elimination with row exchanges; null if it is singular. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, row) => (Math.abs(row[k]) > Math.abs(best[k]) ? row : best));
    if (Math.abs(pivot[k]) < 1e-12) return null;
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    rows.forEach((row, i) => {
      const share = i === k ? 0 : row[k] / pivot[k];
      for (let j = k; j <= n; j++) row[j] -= share * pivot[j];
    });
  }
  return rows.map((row, i) => row[n] / row[i]);
}
