import type { TippingPoint, TippingPoints } from "../summary/TippingPoints.js";
import { type Layout, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSignificant } from "./numbers.js";

/** What it would take to change a conclusion: factors on the scale of each prior statement. */
export function tippingSection(points: TippingPoints, { width, style }: Layout): string[] {
  const { conclusion, probability, mcse, holds, range, statements } = points;
  const known = statements.flatMap(({ prior, distribution, smaller, larger }) =>
    smaller === null || larger === null ? [] : [{ name: `${prior} ~ ${distribution}`, smaller, larger }],
  );
  const columns = [
    { header: "factor below 1", cells: known.map(({ smaller }) => factorText(smaller)) },
    { header: "prior", cells: known.map(({ smaller }) => priorText(smaller)), dropOrder: 2 },
    { header: "factor above 1", cells: known.map(({ larger }) => factorText(larger)) },
    { header: "prior", cells: known.map(({ larger }) => priorText(larger)), dropOrder: 1 },
  ];
  const verdict = holds ? "holds" : "does not hold";
  const error = mcse >= 5e-5 ? ` (Monte Carlo error ${mcse.toFixed(4)})` : "";
  const asked = `"${conclusion}" ${verdict}: its probability is ${probability.toFixed(4)}${error}`;
  const searched = `factors on the scale of a prior at which it ${holds ? "no longer holds" : "comes to hold"}, from 1/${range} to ${range}`;
  const without = statements.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  return section(
    "What it would take",
    [
      ...wrap(asked, width),
      ...namedTable(known, columns, width, style),
      ...wrap([searched, ...new Set(without)].join("; "), width),
    ],
    style,
  );
}

function factorText({ factor, searchedTo }: TippingPoint): string {
  if (factor !== null) return formatSignificant(factor, 3);
  return `none to ${formatSignificant(searchedTo, 3)}`;
}

function priorText({ factor, distribution }: TippingPoint): string {
  return factor === null ? "-" : distribution;
}
