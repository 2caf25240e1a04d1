import type { ArgumentKind } from "../argument/checkArgument.js";
import { hasField, objectWith } from "../argument/kinds.js";

const hint: ArgumentKind["hint"] = (value) =>
  hasField(value, "compiled")
    ? "this is a fit: its report is made by fitReport(fit), or mlReport(fit) of maximum likelihood"
    : null;

/** The report of a posterior. */
export const aFitReport = objectWith(
  "not-a-report",
  "the report that fitReport returns",
  { engine: "text", model: "text", options: "object", summary: "object", seconds: "object", priors: "list" },
  hint,
);

/** The report of maximum likelihood. */
export const anMlReport = objectWith(
  "not-a-report",
  "the report that mlReport returns",
  { engine: "text", model: "text", options: "object", convergence: "object", seconds: "object", parameters: "list" },
  hint,
);
