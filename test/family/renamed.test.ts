import { describe, expect, it } from "vitest";
import { areOfDifferentKinds } from "../../src/compare/models/warnings.js";
import type { Family } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { fit } from "../../src/fit/fit.js";
import { fromFormula } from "../../src/fit/fromFormula.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { randomTable } from "../density/models.js";
import { factsOf } from "./support.js";

const table = randomTable(7, 40);
const renamed = families.map((family): Family => ({ ...family, name: `my_${family.name}`, aliases: [] }));

describe.each(families.map((family, k) => [family, renamed[k]] as const))(
  "a copy of %o under another name",
  (own, copy) => {
    // Effects of categories without an order are of several predictors, which maximum likelihood does not serve.
    const formula = `${factsOf(own.name).formula} ~ x1${own.isCategorical === true ? "" : " + (1 | g)"}`;
    const [model, ofCopy] = [own, copy].map(({ name }) => fromFormula(formula, name, { families: renamed }));
    const [prepared, preparedCopy] = [model, ofCopy].map((ast) => prepareModel(ast, table, { families: renamed }));
    const facts = ({ design, compiled }: typeof prepared) => {
      const latent = compiled.latentGaussian();
      if ("refusal" in latent) throw new Error(latent.refusal);
      const { isGaussian, conditional, dispersionLimit } = latent.view;
      const { priors, ratios, hasKernel } = compiled;
      return { isGaussian, conditional, dispersionLimit, priors, ratios, hasKernel, separation: design.separation };
    };

    it("has the priors of the original, and all that engines ask of a family", () => {
      expect(facts(preparedCopy)).toEqual(facts(prepared));
      expect(areOfDifferentKinds([own, copy])).toBe(false);
    });

    it("has the maximum likelihood estimates of the original", async () => {
      const [a, b] = [
        await fit(model, table, { engine: "ml" }),
        await fit(ofCopy, table, { engine: "ml", families: renamed }),
      ];
      expect(b.ml).toEqual(a.ml);
    });
  },
);
