import { type TableInput, toTable } from "../../src/data/toTable.js";
import { buildDesign, type DesignOptions, type DesignResult } from "../../src/design/buildDesign.js";
import type { Design, PredictorDesign } from "../../src/design/Design.js";
import { families } from "../../src/family/families.js";
import { type Problem, renderProblem } from "../../src/language/ModelError.js";
import { parseModel } from "../../src/language/parser.js";

export type Data = Readonly<Record<string, readonly (number | string | null)[]>>;

export function build(model: string, data: TableInput, options?: DesignOptions): DesignResult {
  return buildDesign(parseModel(model), toTable(data, "data.csv"), families, options);
}

/** The design of a model that has no errors. */
export function designOf(model: string, data: TableInput, options?: DesignOptions): Design {
  const { design, problems } = build(model, data, options);
  if (design === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  return design;
}

/** The mean's predictor of `y ~ normal(mu, sigma); mu = formula`. */
export function predictorOf(formula: string, data: Data): PredictorDesign {
  const response = { y: Object.values(data)[0].map((_, i) => i % 7) };
  return designOf(`y ~ normal(mu, sigma)\nmu = ${formula}`, { ...response, ...data }).predictors[0];
}

export function column(predictor: PredictorDesign, name: string): number[] {
  const rows = predictor.X.length / predictor.columns.length;
  const j = predictor.columns.indexOf(name);
  return Array.from(predictor.X.subarray(j * rows, (j + 1) * rows));
}

/** The problems as the user sees them. */
export function rendered(model: string, data: TableInput, options?: DesignOptions): string {
  return build(model, data, options)
    .problems.map((problem) => renderProblem(problem, { name: "model.glmm", text: model }))
    .join("\n");
}

export function codes(problems: readonly Problem[]): string[] {
  return problems.map(({ code, severity }) => `${severity} ${code}`);
}
