import { it } from "vitest";
import { linearMixedModel } from "../../../src/engine/ml/lmm.js";
import { uniforms } from "../../density/models.js";
import { viewOf } from "./models.js";

it("times", async () => {
  const u = uniforms(3);
  const z = () => {
    let t = 0;
    for (let i = 0; i < 12; i++) t += u() / 2;
    return t;
  };
  const n = 70000,
    J = 3000,
    K = 1100;
  const a = Array.from({ length: J }, z),
    b = Array.from({ length: K }, z);
  const pick = (k: number) => Math.min(k - 1, Math.floor(((u() + 1) / 2) * k));
  const g = Array.from({ length: n }, (_, i) => (i < J ? i : pick(J)));
  const h = Array.from({ length: n }, (_, i) => (i < K ? i : pick(K)));
  const x = Array.from({ length: n }, z),
    w = Array.from({ length: n }, z);
  const y = g.map((j, i) => 3 + 0.2 * x[i] - 0.1 * w[i] + 0.33 * a[j] + 0.52 * b[h[i]] + 1.18 * z());
  let t = performance.now();
  const lap = (s: string) => {
    console.log(s, (performance.now() - t).toFixed(0));
    t = performance.now();
  };
  const view = viewOf("y ~ normal(mu, sigma)\nmu = 1 + x + w + (1 | g) + (1 | h)", { y, x, w, g, h });
  lap("compile");
  const f = linearMixedModel(view, { reml: true });
  lap("fit"); { const { linearProducts } = await import("../../../src/engine/ml/lmm/products.js"); const { LinearCriterion } = await import("../../../src/engine/ml/lmm/criterion.js"); const p = linearProducts(view); lap("products"); const c = new LinearCriterion(p, true); lap("make"); const L = [Float64Array.of(0.3), Float64Array.of(0.5)]; c.evaluate(L, null); lap("value"); c.evaluate(L, null); lap("value"); c.solution.hessian.factor(p.ZZ, L); lap("factor only"); c.solution.hessian.inverse(); lap("inverse"); c.evaluate(L, [new Float64Array(1), new Float64Array(1)]); lap("gradient"); }
  console.log(f.logLikelihood, f.convergence, f.notes);
  console.table(f.parameters);
});
