import { objectWith } from "../argument/kinds.js";

export const aDesign = objectWith("not-a-design", "a design, as buildDesign returns it or a fit has it", {
  response: "object",
  predictors: "list",
  rows: "number",
});
