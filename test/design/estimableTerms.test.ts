import { expect, test } from "vitest";
import { toTable } from "../../src/data/toTable.js";
import { aliasing } from "../../src/design/aliasing.js";
import { codeMatrix } from "../../src/design/codedMatrix.js";
import { estimableTerms } from "../../src/design/estimableTerms.js";
import { evaluator } from "../../src/design/evaluate.js";
import { fixedTerms } from "../../src/design/fixedTerms.js";
import { expandFormula } from "../../src/language/expand.js";
import { parseModel } from "../../src/language/parser.js";
import { dependentColumns } from "../../src/math/linalg/dependentColumns.js";
import { runSync } from "../../src/math/steps.js";

const rows = Array.from({ length: 48 }, (_, i) => i);
const data = {
  y: rows,
  a: rows.map((i) => `a${(i * 7) % 3}`),
  b: rows.map((i) => `b${Math.floor(i / 3) % 4}`),
  c: rows.map((i) => `c${(i * i) % 5 > 1 ? 1 : 0}`),
  x: rows.map((i) => Math.sin(i)),
};

// With every cell filled the hypotheses are those of averages over the levels, each weighing the same.
test.each(["1 + a * b", "1 + a * b * x", "1 + a + b:a + x", "1 + a * b + c * x"])("%s", (formula) => {
  const { formula: expanded } = expandFormula(
    parseModel(`y ~ normal(mu, sigma)\nmu = ${formula}`).predictors[0].formula,
  );
  const variables = evaluator({ table: toTable(data), rows: Int32Array.from(rows), problems: [] });
  const coded = codeMatrix(
    expanded.intercept,
    expanded.terms,
    variables,
    rows.length,
    { where: "", span: undefined },
    [],
  );
  if (coded === null) throw new Error("no matrix");
  expect(runSync(aliasing(coded))).toMatchObject({ dropped: [] });
  const all = coded.columns.map((_, j) => j);
  const averaged = fixedTerms(coded.terms);
  estimableTerms(coded, all).forEach((term, t) => {
    const spread = ({ firstColumn, columnCount, marginal }: (typeof averaged)[number]) =>
      Array.from({ length: columnCount }, (_, r) => {
        const row = new Float64Array(all.length);
        if (marginal === null) row[firstColumn + r] = 1;
        else
          marginal.columns.forEach((j, k) => {
            row[j] = marginal.weights[r * marginal.columns.length + k];
          });
        return row;
      });
    const [ours, theirs] = [spread(term), spread(averaged[t])];
    const both = [...theirs, ...ours];
    const lengths = Float64Array.from(both, (row) => Math.hypot(...row));
    const matrix = Float64Array.from(both.flatMap((row) => [...row]));
    // The second half adds nothing to the span of the first.
    expect(dependentColumns(matrix, lengths, 1e-9)).toEqual(ours.map((_, k) => theirs.length + k));
  });
});
