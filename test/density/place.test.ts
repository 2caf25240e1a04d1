import { describe, expect, it } from "vitest";
import { compiled, position, randomTable } from "./models.js";

const text = "y ~ normal(mu, sigma)\nmu = 1 + x2 + (1 + x1 + x2 | g) + (1 | h)\nprior sigma ~ uniform(0, 3)";

function view() {
  const latent = compiled(text, randomTable(5, 30)).model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  return latent.view;
}

describe("values placed in a view", () => {
  it("are written as those that were read", () => {
    const [reader, other] = [view(), view()];
    const { beta, theta, dispersion } = reader.sizes;
    const values = reader.values();
    reader.read(position(beta + theta + dispersion, 6), values);
    const [read, placed] = [1, 2].map(() => new Float64Array(reader.quantities.parameters.length));
    reader.writeDraw([], read);
    other.place(values);
    other.writeDraw([], placed);
    read.forEach((x, k) => {
      expect(placed[k]).toBeCloseTo(x, 12);
    });
  });

  it("may have sds of zero and lie outside the support of a prior", () => {
    const placed = view();
    const values = placed.values();
    values.dispersion[0] = 7;
    values.Lambda[0].set([2, 0, 0, 0, 0, 0, 3, 0, 4]);
    placed.place(values);
    const draw = new Float64Array(placed.quantities.parameters.length);
    placed.writeDraw([], draw);
    const named = Object.fromEntries(placed.quantities.parameters.map((name, k) => [name, draw[k]]));
    expect(named).toMatchObject({
      "sd[g, Intercept]": 2,
      "sd[g, x1]": 0,
      "sd[g, x2]": 5,
      "cor[g, Intercept, x1]": NaN,
      "cor[g, x1, x2]": NaN,
      "sd[h, Intercept]": 0,
      sigma: 7,
    });
    expect(named["cor[g, Intercept, x2]"]).toBeCloseTo(0.6, 14);
  });

  it("are named with what they are", () => {
    const { quantities, parameterKinds } = view();
    const byPrefix = { beta: "coefficient", sd: "sd", cor: "correlation", sigma: "dispersion" };
    const kinds = quantities.parameters.map(
      (name) => Object.entries(byPrefix).find(([prefix]) => name.startsWith(prefix))?.[1],
    );
    expect(parameterKinds).toEqual(kinds);
  });
});
