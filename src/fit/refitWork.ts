import type { Warning } from "../diagnostics/warnings.js";
import type { Work } from "../engine/Executor.js";
import type { ModelAst } from "../language/ast.js";
import type { Posterior } from "../posterior/Posterior.js";
import { fitted } from "./fitted.js";
import type { PreparedModel } from "./PreparedModel.js";
import { polledSignal } from "./polledSignal.js";
import { type EngineAsUsed, posteriorAnew } from "./refitted.js";

/** A model to fit anew: that of the work under other priors. */
export interface RefitInput {
  readonly ast: ModelAst;
  readonly asUsed: EngineAsUsed;
  /** Whether joint draws and random effects are wanted, beside the marginals of the parameters. */
  readonly hasDraws: boolean;
}

export interface RefitOutput {
  readonly posterior: Posterior;
  /** Those of the whole fit. */
  readonly warnings: readonly Warning[];
}

/** By this name a thread knows the work. */
export const REFIT_WORK = "refits";

/** Fits a model anew under the priors of an input. */
export function refitWork(): Work<PreparedModel, RefitInput, RefitOutput> {
  return {
    name: REFIT_WORK,
    async run(model, { ast, asUsed, hasDraws }, { signal }) {
      const { model: compiled } = model.compiled.restated(ast);
      if (compiled === null) throw new RangeError("a refit is of a model that has been checked");
      const changed: PreparedModel = { ...model, ast, compiled, problems: [], notes: [] };
      const posterior = await posteriorAnew(changed, asUsed, { signal: polledSignal(signal), workers: 0 });
      const warnings = fitted(changed, posterior, { compile: 0, sampling: 0 }, {}).warnings();
      return { posterior: hasDraws ? posterior : ofParameters(posterior), warnings };
    },
  };
}

/** Without what is made when it is first read, which sending it would do. */
function ofParameters(posterior: Posterior): Posterior {
  const { engine, parameters, record } = posterior;
  return { engine, parameters, randomEffects: [], record };
}
