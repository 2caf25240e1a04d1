import type { TableInput } from "../data/toTable.js";
import type { ModelAst } from "../language/ast.js";
import { fitByMl, type MlFit, type MlFitOptions } from "./byMl.js";
import { type Fit, type FitOptions, fitByNuts } from "./byNuts.js";

/**
 * Fits a model to data: text or AST, and anything with named columns.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ChainError where sampling fails,
 * EngineError where the likelihood cannot be maximised.
 */
export async function fit(model: ModelAst | string, data: TableInput, options: MlFitOptions): Promise<MlFit>;
export async function fit(model: ModelAst | string, data: TableInput, options?: FitOptions): Promise<Fit>;
export async function fit(
  model: ModelAst | string,
  data: TableInput,
  options: FitOptions | MlFitOptions = {},
): Promise<Fit | MlFit> {
  return options.engine === "ml" ? fitByMl(model, data, options) : fitByNuts(model, data, options);
}
