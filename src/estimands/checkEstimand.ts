import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { hasField, texts } from "../argument/kinds.js";
import { aModelToFit } from "../fit/aFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { checkContrasts } from "./contrasts.js";
import { type ContrastsOptions, completeContrastsOptions } from "./contrastsOptions.js";
import { checkCells } from "./means.js";
import { completeMeansOptions, type MeansOptions } from "./options.js";
import { checkSlopes } from "./slopes.js";
import { completeSlopesOptions, type SlopesOptions } from "./slopesOptions.js";
import { completeSolveOptions, type SolveOptions } from "./solve/options.js";
import { checkSolve } from "./solve/solve.js";
import { checkHypotheses } from "./testHypotheses.js";
import { completeTestOptions, type TestOptions } from "./testOptions.js";

/** What is to be asked of a fit, by the name of the function that tells it, with its options. */
export type EstimandQuestion =
  | { readonly means: MeansOptions }
  | { readonly contrasts: ContrastsOptions }
  | { readonly slopes: SlopesOptions }
  | { readonly solve: SolveOptions }
  | { readonly hypotheses: readonly string[]; readonly test: TestOptions };

const aQuestion: ArgumentKind = {
  code: "not-a-question",
  expected:
    'what is to be asked with its options, as { means: { of: ["trt"] } }: of means, contrasts, slopes and solve, or of hypotheses and test',
  accepts: (value) =>
    ["means", "contrasts", "slopes", "solve"].some((name) => hasField(value, name)) ||
    (hasField(value, "test") && texts.accepts(Reflect.get(Object(value), "hypotheses"))),
};

/** Before a model is fitted: whether it, and the engine that is to fit it, have what is to be asked. Throws OptionsError and ModelError, as the functions do once it is fitted. */
export async function checkEstimand(model: ModelToFit, question: EstimandQuestion): Promise<void> {
  checkArgument(aModelToFit, model, "checkEstimand", "model");
  checkArgument(aQuestion, question, "checkEstimand", "question");
  if ("means" in question) checkCells(model, completeMeansOptions(question.means));
  else if ("contrasts" in question) checkContrasts(model, completeContrastsOptions(question.contrasts));
  else if ("slopes" in question) checkSlopes(model, completeSlopesOptions(question.slopes));
  else if ("solve" in question) checkSolve(model, completeSolveOptions(question.solve));
  else checkHypotheses(model, question.hypotheses, completeTestOptions(question.test));
}
