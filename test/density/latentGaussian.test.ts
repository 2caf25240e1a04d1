import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../src/density/LatentValues.js";
import type { RowTable } from "../../src/density/RowTable.js";
import type { Design } from "../../src/design/Design.js";
import { compiled, numericalGradient, position, randomTable, uniforms } from "./models.js";

const texts = {
  single: "events ~ poisson(mu)\nlog(mu) = 1 + x1 + offset(log(e)) + (1 + x2 | g)",
  split: "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + f + (1 + x1 || g)",
  crossed: "binary ~ bernoulli(p)\nprobit(p) = 1 + x1 + (1 + x1 | g) + (1 | h)",
  nested: "successes ~ binomial(size, p)\nlogit(p) = 1 + x2 + (1 | g) + (1 + x1 | k)",
  modelled: "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 | g)\nlog(sigma) = 1 + x2",
  "two parameters, one modelled":
    "y ~ scaled_normal(mu, scale, share)\nmu = 1 + x1 + (1 | g)\nlogit(share) = 1 + x2\nprior share.beta[Intercept] ~ normal(0, 1)",
  "two modelled parameters":
    "y ~ scaled_normal(mu, scale, share)\nlog(mu) = 1 + x1 + (1 | g)\nlog(scale) = 1 + x1\nlogit(share) = 1 + x2\nprior scale.beta[Intercept] ~ normal(0, 1)\nprior share.beta[Intercept] ~ normal(0, 1)",
  "two scalars": "y ~ scaled_normal(mu, scale, share)\nmu = 1 + x1 + (1 + x1 | g)\nprior share ~ beta(2, 2)",
  none: "y ~ normal(mu, sigma)\nmu = 1 + x1",
};

const rows = 27;

function viewOf(text: string): { view: LatentGaussian; design: Design; at: Float64Array } {
  const { model, design } = compiled(text, randomTable(11, rows));
  const latent = model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  const { beta, theta, dispersion } = latent.view.sizes;
  return { view: latent.view, design, at: position(beta + theta + dispersion, 4) };
}

function randomEffects(view: LatentGaussian, seed: number): Float64Array[] {
  const next = uniforms(seed);
  return view.factors.map(({ levels, effects }) => Float64Array.from({ length: levels * effects }, next));
}

/** The dense n x (J q) matrix of one factor, from the design. */
function denseZ(design: Design, factor: number): number[][] {
  const [part] = design.predictors;
  const terms = part.randomTerms.filter((term) => term.factor === factor);
  const columns = terms.flatMap((term) => term.coefficients.map((_, c) => (i: number) => term.Z[c * design.rows + i]));
  const { levels, levelIndex } = part.factors[factor];
  return Array.from({ length: design.rows }, (_, i) =>
    levels.flatMap((_, j) => columns.map((z) => (levelIndex[i] === j ? z(i) : 0))),
  );
}

const dot = (a: readonly number[], b: ArrayLike<number>) => a.reduce((total, x, i) => total + x * b[i], 0);
const column = (matrix: readonly number[][], k: number) => matrix.map((row) => row[k]);

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-10): void {
  expect(actual.length).toBe(expected.length);
  for (let k = 0; k < actual.length; k++)
    expect(Math.abs(actual[k] - expected[k]), `entry ${k}`).toBeLessThan(tolerance * (1 + Math.abs(expected[k])));
}

describe("the latent Gaussian view", () => {
  it("tells how the factors relate", () => {
    const structures = Object.entries(texts).map(([name, text]) => [name, viewOf(text).view.structure]);
    expect(Object.fromEntries(structures)).toEqual({
      single: "single",
      split: "single",
      crossed: "crossed",
      nested: "nested",
      modelled: "single",
      "two parameters, one modelled": "single",
      "two modelled parameters": "single",
      "two scalars": "single",
      none: "none",
    });
  });

  it("refuses random effects on a second predictor", () => {
    const { model } = compiled("y ~ normal(mu, sigma)\nmu = 1\nlog(sigma) = 1 + (1 | g)", randomTable(1, rows));
    expect(model.latentGaussian()).toEqual({
      refusal: "random effects on sigma are not Gaussian effects on the mean predictor",
    });
  });

  for (const [name, text] of Object.entries(texts))
    describe(name, () => {
      const { view, design, at } = viewOf(text);
      const values = view.values();
      const b = randomEffects(view, 9);
      const Z = view.factors.map((_, f) => denseZ(design, f));

      it("has the joint density of the plain view: likelihood + log N(b; 0, G) + prior + Jacobian", () => {
        const density = compiled(text, randomTable(11, rows)).model.logDensity("centred");
        const joint = Float64Array.from([...at, ...b.flatMap((effects) => [...effects])]);
        const { logPrior, logJacobian } = view.read(at, values);
        let expected = logPrior + logJacobian + view.evaluateRows(values, b, 0, view.rowTable());
        view.factors.forEach(({ levels, effects: q }, f) => {
          const P = new Float64Array(q * q);
          const logDeterminant = view.precision(values.Lambda[f], P);
          expected += 0.5 * levels * (logDeterminant - q * Math.log(2 * Math.PI));
          for (let j = 0; j < levels; j++)
            for (let r = 0; r < q; r++)
              for (let c = 0; c < q; c++) expected -= 0.5 * b[f][j * q + r] * P[r * q + c] * b[f][j * q + c];
        });
        const value = density.logDensityGradient(joint, new Float64Array(joint.length));
        expect(value).toBeCloseTo(expected, 8);
        const { parameters, randomEffects } = density.quantities;
        const [draw, drawn] = [1, 2].map(() => new Float64Array(parameters.length + randomEffects.length));
        density.constrain(joint, draw);
        view.writeDraw(b, drawn);
        expect(drawn).toEqual(draw);
        expect(view.quantities).toEqual(density.quantities);
      });

      it("evaluates rows with derivatives that are those of their values", () => {
        view.read(at, values);
        const table = view.rowTable();
        view.evaluateRows(values, b, 3, table);
        const h = 1e-4;
        const moved = (which: "beta" | "dispersion", by: number, at = 0) => {
          const other = view.rowTable();
          const shifted = { ...values, [which]: values[which].map((x, k) => (k === at ? x + by : x)) };
          view.evaluateRows(shifted, b, 3, other);
          return other;
        };
        const [up, down] = [moved("beta", h), moved("beta", -h)];
        const inEta = (read: (of: RowTable) => Float64Array) =>
          table.eta.map((_, i) => (read(up)[i] - read(down)[i]) / (up.eta[i] - down.eta[i]));
        expectClose(
          inEta(({ value }) => value),
          table.dEta,
          1e-5,
        );
        expectClose(
          inEta(({ dEta }) => dEta),
          table.dEta2,
          1e-5,
        );
        expectClose(
          inEta(({ dEta2 }) => dEta2),
          table.dEta3,
          1e-4,
        );
        table.psi.forEach((_, c) => {
          expectClose(
            inEta(({ dEtaPsi }) => dEtaPsi[c]),
            table.dEta2Psi[c],
            1e-5,
          );
        });
        for (let k = 0; k < view.sizes.dispersion; k++) {
          const [more, less] = [moved("dispersion", h, k), moved("dispersion", -h, k)];
          // The column of psi that the parameter is a part of, and the rows in which it has a say.
          const c = table.psi.findIndex((column, at) => column.some((_, i) => more.psi[at][i] !== less.psi[at][i]));
          const members = [...table.eta.keys()].filter((i) => Math.abs(more.psi[c][i] - less.psi[c][i]) > h / 10);
          const inPsi = (read: (of: RowTable) => Float64Array) =>
            members.map((i) => (read(more)[i] - read(less)[i]) / (more.psi[c][i] - less.psi[c][i]));
          const of = (column: Float64Array) => members.map((i) => column[i]);
          expect(members.length).toBeGreaterThan(0);
          expectClose(
            inPsi(({ value }) => value),
            of(table.dPsi[c]),
            1e-5,
          );
          expectClose(
            inPsi(({ dEta }) => dEta),
            of(table.dEtaPsi[c]),
            1e-5,
          );
        }
      });

      it("accumulates X'WX, Z'WX, Z'WZ and the cross blocks of a dense Z", () => {
        const next = uniforms(3);
        const w = Float64Array.from({ length: rows }, () => 1 + next());
        const s = Float64Array.from({ length: rows }, next);
        const p = view.sizes.beta;
        const X = Array.from({ length: p }, (_, k) => {
          const unit = view.values();
          unit.beta[k] = 1;
          const [at1, at0] = [view.rowTable(), view.rowTable()];
          view.evaluateRows(unit, b, 0, at1);
          view.evaluateRows(view.values(), b, 0, at0);
          return Array.from(at1.eta, (eta, i) => eta - at0.eta[i]);
        });
        const weighted = (v: readonly number[]) => v.map((x, i) => x * w[i]);
        const products = view.crossProducts();
        view.accumulate(w, products);
        expectClose(
          products.XWX,
          X.flatMap((xa) => X.map((xb) => dot(weighted(xa), xb))),
        );
        const crossX = new Float64Array(p);
        view.crossBeta(s, crossX);
        expectClose(
          crossX,
          X.map((x) => dot(x, s)),
        );
        view.factors.forEach(({ levels, effects: q }, f) => {
          const dense = Array.from({ length: levels * q }, (_, k) => column(Z[f], k));
          const block = (j: number) => dense.slice(j * q, (j + 1) * q);
          const all = Array.from({ length: levels }, (_, j) => block(j));
          expectClose(
            products.factors[f].ZWZ,
            all.flatMap((z) => z.flatMap((a) => z.map((c) => dot(weighted(a), c)))),
          );
          expectClose(
            products.factors[f].ZWX,
            all.flatMap((z) => z.flatMap((a) => X.map((x) => dot(weighted(a), x)))),
          );
          const out = new Float64Array(levels * q);
          view.crossEffects(f, s, out);
          expectClose(
            out,
            dense.map((z) => dot(z, s)),
          );
        });
        view.pairs.forEach(({ first, second, start, levels }, k) => {
          const [qa, qb] = [view.factors[first].effects, view.factors[second].effects];
          const dense = (f: number, j: number, q: number) =>
            Array.from({ length: q }, (_, e) => column(Z[f], j * q + e));
          let nonzero = 0;
          for (let j = 0; j < view.factors[first].levels; j++)
            for (let l = 0; l < view.factors[second].levels; l++) {
              const expected = dense(first, j, qa).flatMap((a) => dense(second, l, qb).map((c) => dot(weighted(a), c)));
              const found = levels.subarray(start[j], start[j + 1]).indexOf(l);
              if (found < 0) expect(expected.every((x) => x === 0)).toBe(true);
              else {
                const at = (start[j] + found) * qa * qb;
                expectClose(products.pairs[k].subarray(at, at + qa * qb), expected);
                nonzero++;
              }
            }
          expect(nonzero).toBe(levels.length);
        });
      });

      it("predicts Z b, accumulates Z'WZ alone and has its adjoint", () => {
        const zb = new Float64Array(rows);
        view.predictEffects(b, zb);
        const expected = Array.from(zb, (_, i) => Z.reduce((total, z, f) => total + dot(z[i], b[f]), 0));
        expectClose(zb, expected);
        const next = uniforms(21);
        const w = Float64Array.from({ length: rows }, next);
        const whole = view.crossProducts();
        view.accumulate(w, whole);
        const { factors, pairs } = view.crossProducts();
        const blocks = { factors: factors.map(({ ZWZ }) => ZWZ), pairs };
        for (const part of [...blocks.factors, ...pairs]) part.fill(Number.NaN);
        view.accumulateEffects(w, blocks);
        expect(blocks).toEqual({ factors: whole.factors.map(({ ZWZ }) => ZWZ), pairs: whole.pairs });
        const B = {
          factors: view.factors.map(({ levels, effects: q }) => {
            const half = Float64Array.from({ length: levels * q * q }, next);
            return half.map((x, k) => x + half[k - (k % (q * q)) + (k % q) * q + Math.floor((k % (q * q)) / q)]);
          }),
          pairs: pairs.map((part) => part.map(next)),
        };
        const forms = new Float64Array(rows).fill(Number.NaN);
        view.rowForms(B, forms);
        const inner = (part: Float64Array, other: Float64Array) =>
          part.reduce((total, x, k) => total + x * other[k], 0);
        // <B, Z'WZ> over the whole matrix, where each pair stands twice, is linear in w.
        for (let i = 0; i < rows; i++) {
          view.accumulateEffects(
            w.map((_, k) => (k === i ? 1 : 0)),
            blocks,
          );
          const diagonal = B.factors.reduce((total, part, f) => total + inner(part, blocks.factors[f]), 0);
          const across = B.pairs.reduce((total, part, k) => total + inner(part, blocks.pairs[k]), 0);
          expect(forms[i]).toBeCloseTo(diagonal + 2 * across, 10);
        }
        // z' B z = sum of z_e z' B e over the effects e of the row.
        const total = new Float64Array(rows);
        const [z, product] = [new Float64Array(rows), new Float64Array(rows)];
        view.factors.forEach(({ levels, effects: q }, factor) => {
          for (let effect = 0; effect < q; effect++) {
            const unit = view.factors.map((other) => new Float64Array(other.levels * other.effects));
            for (let j = 0; j < levels; j++) unit[factor][j * q + effect] = 1;
            view.predictEffects(unit, z);
            view.rowProducts(B, { factor, effect }, product);
            for (let i = 0; i < rows; i++) total[i] += z[i] * product[i];
          }
        });
        total.forEach((value, i) => {
          expect(value).toBeCloseTo(forms[i], 10);
        });
      });

      it("integrates the rows of a level over shifts of its effect", () => {
        view.read(at, values);
        const table = view.rowTable();
        view.evaluateRows(values, b, 1, table);
        view.factors.forEach(({ levels, levelIndex, effects: q }, f) => {
          const order = Int32Array.from(levelIndex.keys()).sort((i, k) => levelIndex[i] - levelIndex[k] || i - k);
          const [K, logWeights] = [3, [-0.4, 0.3, -0.1]];
          const integrals = view.levelIntegrals({ factor: f, rows: order, mostRows: rows, nodes: K });
          const { constant } = integrals.begin(table.psi);
          integrals.eta.set(Float64Array.from(order, (i) => table.eta[i]));
          const shifts = Float64Array.from({ length: K * q }, uniforms(f + 1));
          for (let e = 0; e < q; e++)
            for (let k = 0; k < K; k++) integrals.shifts[e * integrals.stride + k] = shifts[k * q + e];
          const moved = shiftedTables(f, shifts, K);
          let [first, total, expected] = [0, constant, 0];
          for (let j = 0; j < levels; j++) {
            const members = order.filter((i) => levelIndex[i] === j);
            const logs = moved.map((other, k) => logWeights[k] + members.reduce((sum, i) => sum + other.value[i], 0));
            const most = Math.max(...logs);
            const logSum = Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0)) + most;
            const shares = logs.map((log) => Math.exp(log - logSum));
            const mean = (of: (other: RowTable) => number) => shares.reduce((sum, w, k) => sum + w * of(moved[k]), 0);
            integrals.weights.set(logWeights);
            total += integrals.integrate(first, first + members.length, true);
            expected += logSum;
            const range = { factor: f, rows: order, first, end: first + members.length };
            expectClose(integrals.weights.subarray(0, K), shares);
            expectClose(
              integrals.scores.subarray(first, range.end),
              [...members].map((i) => mean((other) => other.dEta[i])),
            );
            const sum = (column: ArrayLike<number>) => Array.from(column).reduce((a, c) => a + c, 0);
            if (constant === 0)
              table.psi.forEach((_, c) => {
                const slope = members.reduce((s, i) => s + mean((other) => other.dPsi[c][i]), 0);
                expectClose([sum(integrals.psiScores[c].subarray(first, range.end))], [slope]);
              });
            moved.forEach((other, k) => {
              const cross = new Float64Array(q);
              view.crossRows(
                range,
                Float64Array.from(order, (i) => other.dEta[i]),
                cross,
              );
              expectClose(
                Array.from(cross, (_, e) => integrals.cross[e * integrals.stride + k]),
                cross,
              );
              const eta = new Float64Array(rows);
              view.shiftRows(range, shifts.subarray(k * q, (k + 1) * q), integrals.eta, eta);
              expectClose(
                eta.subarray(first, range.end),
                [...members].map((i) => other.eta[i]),
              );
            });
            first = range.end;
          }
          expectClose([total], [expected]);
        });
      });

      /** The rows with every effect of a factor shifted by each of K vectors. */
      function shiftedTables(f: number, shifts: Float64Array, K: number): RowTable[] {
        const q = view.factors[f].effects;
        return Array.from({ length: K }, (_, k) => {
          const other = view.rowTable();
          const moved = b.map((effects, g) => effects.map((x, at) => (g === f ? x + shifts[k * q + (at % q)] : x)));
          view.evaluateRows(values, moved, 1, other);
          return other;
        });
      }

      it("chains derivatives in (beta, Lambda, dispersion) and the precision back to the position", () => {
        const weights = Float64Array.from({ length: 200 }, uniforms(17));
        const functional = (v: LatentValues): number => {
          let total = dot([...v.beta], weights) + dot([...v.dispersion], weights.subarray(20));
          v.Lambda.forEach((Lambda, f) => {
            const P = new Float64Array(Lambda.length);
            total +=
              (0.3 + f) * view.precision(Lambda, P) +
              dot([...P], weights.subarray(40)) +
              dot([...Lambda], weights.subarray(80));
          });
          return total;
        };
        const { logPrior, logJacobian } = view.read(at, values);
        expect(Number.isFinite(logPrior + logJacobian)).toBe(true);
        const gradients = view.values();
        gradients.beta.set(weights.subarray(0, gradients.beta.length));
        gradients.dispersion.set(weights.subarray(20, 20 + gradients.dispersion.length));
        values.Lambda.forEach((Lambda, f) => {
          const P = new Float64Array(Lambda.length);
          view.precision(Lambda, P);
          gradients.Lambda[f].set(weights.subarray(80, 80 + P.length));
          const outer = { P: weights.slice(40, 40 + P.length), logDeterminant: 0.3 + f };
          view.chainPrecision(Lambda, P, outer, gradients.Lambda[f]);
        });
        for (const include of [
          { prior: false, jacobian: false },
          { prior: true, jacobian: false },
          { prior: true, jacobian: true },
        ]) {
          view.read(at, values);
          const gradient = new Float64Array(at.length);
          view.chain(gradients, include, gradient);
          const numerical = numericalGradient((x) => {
            const other = view.values();
            const logs = view.read(x, other);
            return functional(other) + (include.prior ? logs.logPrior : 0) + (include.jacobian ? logs.logJacobian : 0);
          }, at);
          expectClose(gradient, numerical, 1e-6);
        }
      });
    });
});

it("reads a position after a place at a zero variance as before it", () => {
  const { view, at } = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)");
  const [before, after] = [view.values(), view.values()];
  view.read(at, before);
  view.place(view.values());
  view.read(at, after);
  expect(after).toEqual(before);
});
