import { withDefaults } from "../engine/checkOptions.js";
import { mlOptionProblems, mlSchema } from "../engine/ml/options.js";
import type { Given } from "../engine/OptionSchema.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import type { FitEngine } from "./FitEngine.js";
import { judgeForMl } from "./judgeForMl.js";
import type { MlFit } from "./MlFit.js";
import { mlFitSchema } from "./mlFitSchema.js";

/** How to maximise the likelihood: see `mlFitSchema`. */
export interface MlFitOptions extends Given<typeof mlFitSchema> {
  readonly engine: "ml";
}

/** Maximum likelihood. */
export const mlEngine: FitEngine<"ml", typeof mlFitSchema, MlFit> = {
  name: "ml",
  sentence: "maximum likelihood, without priors: estimates, standard errors, tests and intervals",
  options: mlFitSchema,
  conflicts: (options) => [
    ...mlOptionProblems(withDefaults(mlSchema, options)).filter(({ code }) => code === "conflict"),
    ...workersConflicts(options),
  ],
  variants: {
    lmm: { method: "lmm" },
    reml: { method: "lmm", reml: true },
    aghq: { method: "aghq" },
    laplace: { method: "laplace" },
    pql: { method: "pql" },
    "pql-free": { method: "pql", scale: "free" },
    em: { method: "em" },
    conditional: { method: "conditional" },
  },
  judge: judgeForMl,
  refuses: () => null, // what it refuses depends on the part of the design that the data determine
  async run(model, options, context) {
    const fit = await (await import("./runMl.js")).runMl(model, options, context);
    if (options.intervals !== "bootstrap") return fit;
    return (await import("./bootstrap/withBootstrap.js")).withBootstrap(fit, options, context);
  },
};

function workersConflicts({ workers, intervals = "wald" }: Given<typeof mlFitSchema>): OptionProblem[] {
  if (workers === undefined || intervals === "bootstrap") return [];
  const message = `workers is ${workers}, but intervals is "${intervals}"; only "bootstrap" takes worker threads`;
  return [{ option: "workers", code: "conflict", message }];
}
