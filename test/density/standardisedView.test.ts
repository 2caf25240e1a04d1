import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../src/density/LatentValues.js";
import { runSync } from "../../src/math/steps.js";
import { compiled, numericalGradient, randomTable, uniforms } from "./models.js";

const texts = {
  "one factor": "events ~ poisson(mu)\nlog(mu) = 1 + x1 * f + (1 + x1 + x2 | g)\nprior cor ~ lkj(2)",
  "factors that cross":
    "y ~ normal(mu, sigma)\nmu = 1 + x2 + (1 + x2 | g) + (1 | h)\nprior beta[Intercept] ~ normal(0, 9)",
  "split and nested": "successes ~ binomial(size, p)\nlogit(p) = 1 + x2 + (1 + x2 || g) + (0 + x1 | k)",
  "a modelled dispersion": "y ~ normal(mu, sigma)\nmu = 0 + x1 + (x2 + x1 | g)\nlog(sigma) = 1 + x2",
};

function viewsOf(text: string) {
  const { model } = compiled(text, randomTable(5, 40));
  const [written, standard] = [model.latentGaussian("plain"), runSync(model.standardisedLatentGaussian("plain"))];
  if ("refusal" in written || "refusal" in standard) throw new Error("a view");
  return { written: written.view, standard: standard.view };
}

function fill(view: LatentGaussian, seed: number): { values: LatentValues; b: Float64Array[] } {
  const next = uniforms(seed);
  const values = view.values();
  values.beta.forEach((_, k) => {
    values.beta[k] = 0.4 * next();
  });
  values.dispersion.forEach((_, k) => {
    values.dispersion[k] = 0.7 + 0.3 * next();
  });
  view.factors.forEach(({ effects: q, terms }, f) => {
    let start = 0;
    for (const size of terms) {
      for (let r = start; r < start + size; r++)
        for (let c = start; c <= r; c++) values.Lambda[f][r * q + c] = c === r ? 0.6 + 0.4 * next() : 0.5 * next();
      start += size;
    }
  });
  return {
    values,
    b: view.factors.map(({ levels, effects }) => Float64Array.from({ length: levels * effects }, next)),
  };
}

describe.each(Object.entries(texts))("a standardised view of %s", (_, text) => {
  const { written, standard } = viewsOf(text);
  const { values, b } = fill(standard, 3);
  standard.place(values);
  const draw = new Float64Array(standard.quantities.parameters.length + standard.quantities.randomEffects.length);
  standard.writeDraw(b, draw);

  it("names what the written view names", () => {
    expect(standard.quantities).toEqual(written.quantities);
    expect(standard.parameterKinds).toEqual(written.parameterKinds);
  });

  it("has the linear predictors of the model at the draw", () => {
    const rows = standard.rowTable();
    const logLikelihood = standard.evaluateRows(values, b, 1, rows);
    const back = written.values();
    const means = written.values();
    // Coefficients in the written view's coordinates, read off draws at unit vectors, to which the draw is linear.
    const p = back.beta.length;
    const images = Array.from({ length: p }, (__, k) => {
      means.beta.fill(0);
      means.beta[k] = 1;
      written.place(means);
      const image = new Float64Array(written.quantities.parameters.length);
      written.writeDraw([], image);
      return image.slice(0, p);
    });
    // beta[Intercept] alone depends on the others: image k is e_k less the mean of column k.
    for (let k = 0; k < p; k++) back.beta[k] = draw[k];
    const intercept = standard.quantities.parameters.indexOf("beta[Intercept]");
    if (intercept >= 0)
      for (let k = 0; k < p; k++) if (k !== intercept) back.beta[intercept] -= images[k][intercept] * draw[k];
    if (standard.parameterKinds.includes("dispersion"))
      back.dispersion.set(draw.slice(standard.parameterKinds.length - 1, standard.parameterKinds.length));
    else {
      const first = standard.quantities.parameters.findIndex((name) => name.startsWith("sigma.beta"));
      if (first >= 0) {
        back.dispersion.set(draw.slice(first, first + back.dispersion.length));
        means.beta.fill(0);
        means.dispersion.fill(0);
        means.dispersion[1] = 1;
        written.place(means);
        const image = new Float64Array(written.quantities.parameters.length);
        written.writeDraw([], image);
        back.dispersion[0] -= image[first] * back.dispersion[1];
      }
    }
    let at = standard.quantities.parameters.length;
    const effects = written.factors.map(({ levels, effects: q }) => {
      at += levels * q;
      return draw.slice(at - levels * q, at);
    });
    const again = written.rowTable();
    expect(written.evaluateRows(back, effects, 1, again)).toBeCloseTo(logLikelihood, 9);
    rows.eta.forEach((eta, i) => {
      expect(again.eta[i]).toBeCloseTo(eta, 10);
    });
    rows.psi.forEach((column, c) => {
      column.forEach((psi, i) => {
        expect(again.psi[c][i]).toBeCloseTo(psi, 10);
      });
    });
    expect(again.psi).toHaveLength(rows.psi.length);
  });

  it("gives the effects of a level the covariance that the draw's sds and correlations say", () => {
    const n = standard.parameterKinds.length;
    let at = standard.parameterKinds.indexOf("sd");
    standard.factors.forEach(({ effects: q, terms, toWritten = new Float64Array() }, f) => {
      let start = 0;
      for (const size of terms) {
        for (let r = 0; r < size; r++) {
          // Row r of the map times Lambda: what the standard normals of a level add to the written effect.
          const row = (e: number) =>
            Float64Array.from({ length: q }, (__, c) => {
              let total = 0;
              for (let k = 0; k < q; k++) total += toWritten[(start + e) * q + k] * values.Lambda[f][k * q + c];
              return total;
            });
          const product = (a: Float64Array, c: Float64Array) => a.reduce((sum, x, k) => sum + x * c[k], 0);
          expect(draw[at + r]).toBeCloseTo(Math.sqrt(product(row(r), row(r))), 11);
          let pair = at + size;
          for (let a = 0; a < r; a++) pair += size - a - 1;
          for (let s = r + 1; s < size; s++)
            expect(draw[pair + s - r - 1]).toBeCloseTo(product(row(r), row(s)) / (draw[at + r] * draw[at + s]), 10);
        }
        at += size + (size * (size - 1)) / 2;
        start += size;
      }
    });
    expect(at).toBeLessThanOrEqual(n);
  });

  it("has the derivatives of the log prior of the written parameters", () => {
    const parts = (v: LatentValues) => [v.beta, v.dispersion, ...v.Lambda];
    const flat = Float64Array.from(parts(values).flatMap((part) => [...part]));
    const unflatten = (x: Float64Array) => {
      const filled = standard.values();
      let from = 0;
      for (const part of parts(filled)) {
        part.set(x.subarray(from, from + part.length));
        from += part.length;
      }
      return filled;
    };
    const gradients = standard.values();
    const value = standard.logPrior(values, gradients);
    expect(Number.isFinite(value)).toBe(true);
    const isEntry = parts(values).flatMap((part, k) => {
      const q = Math.round(Math.sqrt(part.length));
      return Array.from(part, (entry, i) => k < 2 || (i % q <= Math.floor(i / q) && entry !== 0));
    });
    const numerical = numericalGradient((x) => standard.logPrior(unflatten(x), null), flat, 1e-4);
    const exact = parts(gradients).flatMap((part) => [...part]);
    exact.forEach((slope, k) => {
      if (isEntry[k]) expect(Math.abs(slope - numerical[k]), `entry ${k}`).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
    });
  });
});
