import type { CovarianceReport } from "./FitReport.js";
import { type Layout, wrap } from "./layout.js";
import { knownEstimate } from "./numbers.js";
import { wideTable } from "./wideTable.js";

/** G, its correlations and its factors L and D, a table each, for each random term. `at` says at which estimates they are taken. */
export function covarianceSection(terms: readonly CovarianceReport[], at: string, layout: Layout): string[] {
  return terms.flatMap((term, k) => [...(k === 0 ? [] : [""]), ...termLines(term, at, layout)]);
}

function termLines(
  { group, coefficients, covariance, correlation, L, D }: CovarianceReport,
  at: string,
  layout: Layout,
) {
  const { width, style, digits } = layout;
  const matrix = (title: string, values: readonly (readonly number[])[], more: readonly number[] | null = null) => {
    const columns = coefficients.map((header, c) => ({
      header,
      cells: values.map((row) => knownEstimate(row[c], digits)),
    }));
    const last = more === null ? [] : [{ header: "D", cells: more.map((value) => knownEstimate(value, digits)) }];
    return [...wrap(title, width), ...wideTable(coefficients, [...columns, ...last], width, style)];
  };
  return [
    ...wrap(`Covariance of the effects of ${group}, ${at}`, width).map((line) => style.bold(line)),
    ...matrix("G", covariance),
    ...(coefficients.length === 1
      ? []
      : [...matrix("correlations", correlation), ...matrix("L and D, G = L D L'", L, D)]),
  ];
}
