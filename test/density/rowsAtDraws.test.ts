import { describe, expect, it } from "vitest";
import { toTable } from "../../src/data/toTable.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { createStream } from "../../src/math/random/createStream.js";
import { scaledNormal } from "../family/scaledNormal.js";

const n = 24;
const stream = createStream(5, 0);
const g = Array.from({ length: n }, (_, i) => `g${i % 4}`);
const h = Array.from({ length: n }, (_, i) => `h${i % 3}`);
const x = Array.from({ length: n }, () => 30 + stream.normal());
const y = Array.from({ length: n }, () => stream.normal());
const k = Array.from({ length: n }, () => Math.floor(5 * stream.uniform()));
const size = Array.from({ length: n }, () => 6);
const w = Array.from({ length: n }, () => 0.5 + stream.uniform());
const data = toTable({ g, h, x, y, k, size, w });

const models: Readonly<Record<string, string>> = {
  "crossed factors": "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g) + (1 | h)",
  "correlated slopes far from the origin": "k ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)",
  "independent terms of a factor": "k ~ negative_binomial(mu, phi)\nlog(mu) = 1 + (1 | g) + (0 + x | g)",
  "nested factors and an offset": "k ~ binomial(size, p)\nlogit(p) = 1 + offset(0.1 * x) + (1 | g/h)",
  "precision weights": "y | weights(w) ~ normal(mu, sigma)\nmu = 1 + (1 | g)",
  "a dispersion of its own": "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)\nlog(sigma) = 1 + x",
  "a known dispersion": "y ~ normal(mu, 0.7)\nmu = 1 + (1 | g)",
  "two parameters": "y ~ scaled_normal(mu, scale, share)\nmu = 1 + (1 | g)\nprior share ~ beta(2, 2)",
  "two parameters, the first of its own":
    "y ~ scaled_normal(mu, scale, share)\nmu = 1 + (1 | g)\nlog(scale) = 1 + x\nprior share ~ beta(2, 2)",
  "two parameters, the second of its own":
    "y ~ scaled_normal(mu, scale, share)\nmu = 1 + (1 | g)\nlogit(share) = 1 + x",
  "two parameters, one known": "y ~ scaled_normal(mu, scale, 0.4)\nmu = 1 + (1 | g)",
};

describe.each(Object.entries(models))("rows at draws: %s", (_, text) => {
  const { compiled } = prepareModel(text, data, { families: [scaledNormal] });
  const latent = compiled.latentGaussian("plain");
  if (!("view" in latent)) throw new Error(latent.refusal);
  const { view } = latent;
  const values = view.values();
  const size = view.sizes.beta + view.sizes.theta + view.sizes.dispersion;
  view.read(
    Float64Array.from({ length: size }, () => 0.3 * stream.normal()),
    values,
  );
  const b = view.factors.map(({ levels, effects }) =>
    Float64Array.from({ length: levels * effects }, () => 0.2 * stream.normal()),
  );
  const { parameters, randomEffects } = view.quantities;
  const draw = new Float64Array(parameters.length + randomEffects.length);
  view.writeDraw(b, draw);
  const rows = compiled.rowsAtDraws();
  const at = rows.drawnRows();
  rows.read(draw, at);

  it("have the log densities of the latent view, with all of its constants", () => {
    const out = rows.derivatives();
    let total = 0;
    for (let i = 0; i < n; i++) {
      rows.evaluate(i, at, 0, out);
      total += out.value;
    }
    expect(total).toBeCloseTo(view.evaluateRows(values, b, 0, view.rowTable()), 8);
  });

  it("read the covariance matrices of effects as they are named", () => {
    rows.factors.forEach((factor) => {
      const { name, effects: q, levels } = factor;
      const covariance = new Float64Array(q * q);
      factor.covariance(draw, covariance);
      const own = view.quantities.randomEffects.filter((effect) => effect.factor === name);
      expect(own.slice(0, q * levels.length).map(({ level }) => level)).toEqual(
        levels.flatMap((level) => Array(q).fill(level)),
      );
      const coefficients = own.slice(0, q).map(({ coefficient }) => coefficient);
      const drawOf = (parameter: string) => draw[parameters.indexOf(parameter)];
      coefficients.forEach((first, r) => {
        expect(covariance[r * q + r]).toBeCloseTo(drawOf(`sd[${name}, ${first}]`) ** 2, 10);
        coefficients.slice(r + 1).forEach((second, s) => {
          const correlation = parameters.includes(`cor[${name}, ${first}, ${second}]`)
            ? drawOf(`cor[${name}, ${first}, ${second}]`)
            : 0;
          const product = correlation * drawOf(`sd[${name}, ${first}]`) * drawOf(`sd[${name}, ${second}]`);
          expect(covariance[r * q + r + 1 + s]).toBeCloseTo(product, 10);
          expect(covariance[(r + 1 + s) * q + r]).toBeCloseTo(product, 10);
        });
      });
    });
  });

  it("renew random effects with the covariance matrices of their terms, and leave parameters alone", () => {
    const own = createStream(8, 0);
    const renewed = draw.slice();
    const count = 3000;
    const sums = rows.factors.map(({ effects: q }) => new Float64Array(q * q));
    for (let r = 0; r < count; r++) {
      rows.renewEffects(renewed, own);
      rows.factors.forEach(({ effects: q, levels, start }, f) => {
        levels.forEach((_, level) => {
          const b = renewed.subarray(start + level * q, start + (level + 1) * q);
          for (let e = 0; e < q; e++) for (let c = 0; c < q; c++) sums[f][e * q + c] += b[e] * b[c];
        });
      });
    }
    expect(renewed.subarray(0, parameters.length)).toEqual(draw.subarray(0, parameters.length));
    rows.factors.forEach(({ effects: q, levels, covariance }, f) => {
      const G = new Float64Array(q * q);
      covariance(draw, G);
      for (let e = 0; e < q; e++)
        for (let c = 0; c < q; c++) {
          const draws = count * levels.length;
          const error = Math.sqrt((G[e * q + e] * G[c * q + c] + G[e * q + c] ** 2) / draws);
          expect(Math.abs(sums[f][e * q + c] / draws - G[e * q + c])).toBeLessThan(4.5 * error);
        }
    });
  });
});
