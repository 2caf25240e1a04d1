import type { TableInput } from "../data/toTable.js";
import type { ModelAst } from "../language/ast.js";
import { fitByInla, fitByLaplace, type InlaFitOptions, type LaplaceFitOptions } from "./byApproximation.js";
import { fitByMl, type MlFit, type MlFitOptions } from "./byMl.js";
import { fitByNuts } from "./byNuts.js";
import type { Fit } from "./fitted.js";
import type { FitOptions } from "./nutsOptions.js";

/**
 * Fits a model to data: text or AST, and anything with named columns.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ChainError where sampling fails,
 * EngineError where an engine does not serve the model or the likelihood cannot be maximised, ApproximationFailure where there is nothing to
 * approximate from, EngineDefect (an EngineError) for what an engine does not foresee.
 */
export async function fit(model: ModelAst | string, data: TableInput, options: MlFitOptions): Promise<MlFit>;
export async function fit(
  model: ModelAst | string,
  data: TableInput,
  options?: FitOptions | LaplaceFitOptions | InlaFitOptions,
): Promise<Fit>;
export async function fit(
  model: ModelAst | string,
  data: TableInput,
  options: FitOptions | LaplaceFitOptions | InlaFitOptions | MlFitOptions = {},
): Promise<Fit | MlFit> {
  if (typeof options !== "object" || options === null) return fitByNuts(model, data, options);
  if (options.engine === "ml") return fitByMl(model, data, options);
  if (options.engine === "laplace") return fitByLaplace(model, data, options);
  if (options.engine === "inla") return fitByInla(model, data, options);
  return fitByNuts(model, data, options);
}
