import { objectWith } from "../argument/kinds.js";

/** The tree of a model. */
export const anAst = objectWith(
  "not-a-model",
  "a model as parseModel, glmm or fromFormula returns it",
  { response: "object", predictors: "list", priors: "list" },
  (value) => (typeof value === "string" ? "read the text of a model by parseModel" : null),
);

export const anExpression = objectWith("not-an-expression", "an expression of a model's tree", { type: "text" });

export const aResponse = objectWith("not-a-response", "the response of a model's tree", {
  expression: "object",
  additions: "list",
});

/** The text that a model was read from. */
export const aSource = objectWith("not-a-source", "the source of a model or of a ModelError", {
  name: "text",
  text: "text",
});

export const aProblem = objectWith("not-a-problem", "a problem of a ModelError or of a fit", {
  severity: "text",
  message: "text",
});
