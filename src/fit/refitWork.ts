import type { Warning } from "../diagnostics/warnings.js";
import type { Work } from "../engine/Executor.js";
import type { ModelAst } from "../language/ast.js";
import type { Posterior } from "../posterior/Posterior.js";
import { fitted } from "./fitted.js";
import type { PreparedModel } from "./PreparedModel.js";
import { type EngineAsUsed, posteriorAnew } from "./refitted.js";

/** What is changed of the model of the work: its priors, by the text that states them, or the rows of the design that it is given, under the same priors. */
export type RefitChange = { readonly ast: ModelAst } | { readonly rows: Int32Array };

/** A model to fit anew. */
export interface RefitInput {
  readonly change: RefitChange;
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

/** Fits a model anew as an input changes it. */
export function refitWork(): Work<PreparedModel, RefitInput, RefitOutput> {
  return {
    name: REFIT_WORK,
    async run(model, { change, asUsed, hasDraws }, { signal }) {
      const changed: PreparedModel = { ...model, ...changedModel(model, change), problems: [], notes: [] };
      const posterior = await posteriorAnew(changed, asUsed, { signal, workers: 0 });
      const warnings = fitted(changed, posterior, { compile: 0, sampling: 0 }, {}).warnings();
      return { posterior: hasDraws ? posterior : ofParameters(posterior), warnings };
    },
  };
}

function changedModel({ compiled }: PreparedModel, change: RefitChange): Partial<PreparedModel> {
  if ("rows" in change) return compiled.withRows(change.rows);
  const { model } = compiled.restated(change.ast);
  if (model === null) throw new RangeError("a refit is of a model that has been checked");
  return { ast: change.ast, compiled: model };
}

/** Without what is made when it is first read, which sending it would do. */
function ofParameters(posterior: Posterior): Posterior {
  const { engine, parameters, record } = posterior;
  return { engine, parameters, randomEffects: [], record };
}
