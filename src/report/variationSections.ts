import type { PriorVariation, VariedPosterior } from "../summary/PriorVariation.js";
import { type Layout, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatKnown, formatSignificant } from "./numbers.js";

/** What varied priors do to a posterior: a row for each combination, and the numbers of the quantity that changes the most and of those asked for. */
export function variationSections(
  variation: PriorVariation,
  asked: readonly string[],
  { width, style, digits }: Layout,
): string[][] {
  const { variants, largestChange, quantities, base, level } = variation;
  const rows = variants.map((variant) => ({ name: variant.priors.join(", "), variant }));
  const most = variants.map(({ change }) => {
    const sizes = Array.from(change, Math.abs);
    return sizes.indexOf(Math.max(...sizes));
  });
  const columns = [
    { header: "moves most", cells: most.map((q) => quantities[q] ?? ""), dropOrder: 2 },
    { header: "by sds", cells: variants.map(({ change }, k) => (most[k] < 0 ? "-" : signed(change[most[k]]))) },
    {
      header: "from",
      cells: variants.map(({ method, failure }) =>
        failure !== null ? "failed" : method === "refit" ? "new fit" : "weights",
      ),
    },
    { header: "Pareto k", cells: variants.map(({ paretoK }) => kText(paretoK)), dropOrder: 1 },
  ];
  const told = quantities.flatMap((name, q) => (asked.includes(name) || name === largestChange?.quantity ? [q] : []));
  const numbers = told.map((q) => section(quantities[q], numberLines(q), style));
  function numberLines(q: number): string[] {
    const all: { readonly name: string; readonly at: VariedPosterior }[] = [
      { name: "as fitted", at: base },
      ...rows.map(({ name, variant }) => ({ name, at: variant })),
    ];
    const column = (header: string, field: keyof VariedPosterior, dropOrder?: number) => ({
      header,
      cells: all.map(({ at }) => formatKnown(at[field][q], (known) => formatSignificant(known, digits ?? 4))),
      ...(dropOrder === undefined ? {} : { dropOrder }),
    });
    const [low, high] = [(1 - level) / 2, (1 + level) / 2].map((p) => `${Number((100 * p).toFixed(2))}%`);
    return namedTable(
      all,
      [
        column("mean", "mean"),
        column("sd", "sd", 2),
        column("median", "median", 1),
        column(low, "lower"),
        column(high, "upper"),
      ],
      width,
      style,
    );
  }
  const verdict =
    largestChange === null
      ? []
      : wrap(
          `largest change: ${largestChange.quantity} by ${signed(largestChange.change)} posterior sds, under ${largestChange.priors.join(", ")}`,
          width,
        );
  return [section("Other priors", [...namedTable(rows, columns, width, style), ...verdict], style), ...numbers];
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}

/** Draws that do not reach all that the priors allow have no k. */
function kText(k: number): string {
  return Number.isFinite(k) ? k.toFixed(2) : "-";
}
