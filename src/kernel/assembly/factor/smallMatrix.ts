/** Matrices of q x q, row-major, and vectors of q, for a q of few effects. */

export function entry(matrix: usize, q: usize, row: usize, column: usize): usize {
  return matrix + ((row * q + column) << 3);
}

export function at(vector: usize, k: usize): usize {
  return vector + (k << 3);
}

/** Overwrites the lower triangle of a symmetric matrix with L, A = L L'; false if A is not positive definite. */
export function factorSmall(A: usize, q: usize): bool {
  for (let c: usize = 0; c < q; c++) {
    let pivot = load<f64>(entry(A, q, c, c));
    for (let k: usize = 0; k < c; k++) pivot -= load<f64>(entry(A, q, c, k)) * load<f64>(entry(A, q, c, k));
    if (!(pivot > 0 && pivot < Infinity)) return false;
    const root = Math.sqrt(pivot);
    store<f64>(entry(A, q, c, c), root);
    for (let r = c + 1; r < q; r++) {
      let rest = load<f64>(entry(A, q, r, c));
      for (let k: usize = 0; k < c; k++) rest -= load<f64>(entry(A, q, r, k)) * load<f64>(entry(A, q, c, k));
      store<f64>(entry(A, q, r, c), rest / root);
    }
  }
  return true;
}

/** x <- L^-1 x */
export function solveSmall(L: usize, q: usize, x: usize): void {
  for (let r: usize = 0; r < q; r++) {
    let rest = load<f64>(at(x, r));
    for (let c: usize = 0; c < r; c++) rest -= load<f64>(entry(L, q, r, c)) * load<f64>(at(x, c));
    store<f64>(at(x, r), rest / load<f64>(entry(L, q, r, r)));
  }
}

/** x <- L'^-1 x */
export function solveSmallTransposed(L: usize, q: usize, x: usize): void {
  for (let r = q; r > 0; r--) {
    let rest = load<f64>(at(x, r - 1));
    for (let c = r; c < q; c++) rest -= load<f64>(entry(L, q, c, r - 1)) * load<f64>(at(x, c));
    store<f64>(at(x, r - 1), rest / load<f64>(entry(L, q, r - 1, r - 1)));
  }
}

/** x <- L' x */
export function timesLowerTransposed(L: usize, q: usize, x: usize): void {
  for (let c: usize = 0; c < q; c++) {
    let total: f64 = 0;
    for (let r = c; r < q; r++) total += load<f64>(entry(L, q, r, c)) * load<f64>(at(x, r));
    store<f64>(at(x, c), total);
  }
}

/** M <- L' M */
export function lowerTransposedTimes(L: usize, q: usize, M: usize): void {
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c < q; c++) {
      let total: f64 = 0;
      for (let k = r; k < q; k++) total += load<f64>(entry(L, q, k, r)) * load<f64>(entry(M, q, k, c));
      store<f64>(entry(M, q, r, c), total);
    }
}

export function transpose(M: usize, q: usize): void {
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c < r; c++) {
      const kept = load<f64>(entry(M, q, r, c));
      store<f64>(entry(M, q, r, c), load<f64>(entry(M, q, c, r)));
      store<f64>(entry(M, q, c, r), kept);
    }
}
