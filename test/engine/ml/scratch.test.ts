import { readFileSync } from "node:fs";
import { it } from "vitest";
import { readTable } from "../../../src/data/readTable.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { defaultMlOptions } from "../../../src/engine/ml/options.js";
import { compiled } from "../../density/models.js";

const go = async (data: string, text: string, options = {}) => {
  const latent = compiled(text, await readTable(`../shared/data/${data}.csv`)).model.latentGaussian();
  if ("refusal" in latent) throw new Error();
  const t = performance.now();
  const r = maximumLikelihood(latent.view, { ...defaultMlOptions, ...options });
  console.log(data, options, performance.now() - t, r.logLikelihood, r.method, r.points, r.convergence, r.notes);
  console.table(r.parameters);
};
it("x", async () => {
  for (const m of ["cbpp", "epilepsy", "multicenter"]) {
    const text = readFileSync(`models/${m}/model.glmm`, "utf8");
    await go(m, text, { points: 1 });
    await go(m, text);
  }
  await go("rcbd", "y ~ poisson(mu)\nlog(mu) = 1 + factor(trt) + factor(block)").catch(console.log);
}, 100000);
