import { type TableInput, toTable } from "../data/toTable.js";
import { type AppliedDesign, applyDesign, type NewRows } from "../design/applyDesign.js";
import type { Design } from "../design/Design.js";
import { families as builtInFamilies } from "../family/families.js";
import type { ModelSource } from "../language/ast.js";
import { ModelError } from "../language/ModelError.js";
import type { Fitted } from "./Fitted.js";

export interface RowsToPredict {
  readonly rows: NewRows;
  readonly notes: readonly string[];
}

/**
 * The rows of a table coded as the fit coded its own, or the fit's own rows where `data` is null, with what is to be said of them. Without `groups` the columns of grouping factors are not needed, without `responses` nothing is read that stands beside the response.
 * Throws DataError for what is no table, ModelError for rows that the model cannot take.
 */
export function rowsToPredict(
  { ast, design, compiled }: Pick<Fitted, "ast" | "design" | "compiled">,
  data: TableInput | null,
  groups: boolean,
  responses = true,
): RowsToPredict {
  if (data === null) return { rows: ownRows(design), notes: [] };
  const others = builtInFamilies.filter(({ name }) => name !== compiled.family.name);
  const applied = applyDesign(ast, design, toTable(data), [...others, compiled.family], { groups, responses });
  return { rows: rowsOf(applied, ast.source), notes: [...applied.problems.map(({ message }) => message)] };
}

function rowsOf({ rows, problems }: AppliedDesign, source: ModelSource | undefined): NewRows {
  if (rows === null) throw new ModelError(problems, source);
  return rows;
}

/** The rows of the fit itself. */
function ownRows({ rows, rowIndex, droppedRows, response, predictors }: Design): NewRows {
  const withKnown = predictors.map((part) => ({
    ...part,
    factors: part.factors.map(({ name, levels, levelIndex }) => ({ name, levels, known: levels.length, levelIndex })),
  }));
  const { trials, weights, errors, weighting } = response;
  const precisions = weighting === "precision" ? weights : null;
  return { rows, rowIndex, droppedRows, trials, weights: precisions, errors, predictors: withKnown };
}
