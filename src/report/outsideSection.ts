import type { OutsidePlace, OutsideStanding } from "../summary/Agreement.js";
import { outsideVerdict, signed } from "./agreementVerdict.js";
import { type Layout, onOneLine, plural, type TableColumn, wrap } from "./layout.js";
import { formatKnown, knownEstimate } from "./numbers.js";
import { wideTable } from "./wideTable.js";

const indent = 2;
const NAMED_STRANGERS = 5;

/** The parameters one by one, the random effects in a line, then what was not found in the model. */
export function outsideSection(fit: OutsideStanding, reference: string, parameters: readonly string[], layout: Layout) {
  const { width } = layout;
  const { estimates, optimum, unmatched } = fit;
  const isEffect = ({ name }: OutsidePlace) => name.startsWith("b[");
  return [
    ...wrap(outsideVerdict(fit), width, indent, 0),
    ...outsideTable(
      estimates.filter((place) => !isEffect(place)),
      reference,
      optimum,
      layout,
    ),
    ...outsideEffects(estimates.filter(isEffect), optimum, width),
    ...strangers(unmatched, parameters, width),
  ];
}

function outsideTable(
  places: readonly OutsidePlace[],
  reference: string,
  optimum: string | null,
  { width, style, digits }: Layout,
): string[] {
  if (places.length === 0) return [];
  const ofOptimum = (cell: (place: NonNullable<OutsidePlace["optimum"]>) => string) =>
    places.map((place) => (place.optimum === null ? "" : cell(place.optimum)));
  const ofPosterior = (cell: (place: NonNullable<OutsidePlace["posterior"]>) => string) =>
    places.map((place) => (place.posterior === null ? "" : cell(place.posterior)));
  const columns: TableColumn[] = [
    { header: "read from", cells: places.map(readFrom) },
    { header: "estimate", cells: places.map(({ estimate }) => knownEstimate(estimate, digits)) },
    { header: `from ${optimum} (se)`, cells: ofOptimum(({ difference }) => signed(difference)) },
    { header: "se ratio", cells: ofOptimum(({ errorRatio }) => formatKnown(errorRatio, (ratio) => ratio.toFixed(3))) },
    { header: `from ${reference} (sd)`, cells: ofPosterior(({ sds }) => signed(sds)) },
    { header: "P(below)", cells: ofPosterior(({ probability }) => formatShare(probability)) },
  ].filter(({ cells }) => cells.some((cell) => cell !== "" && cell !== "-"));
  return wideTable(
    places.map(({ name }) => name),
    columns,
    width,
    style,
  );
}

/** Nothing where it has our name. */
function readFrom({ name, outsideName }: OutsidePlace): string {
  return outsideName === name ? "" : onOneLine(outsideName);
}

function outsideEffects(places: readonly OutsidePlace[], optimum: string | null, width: number): string[] {
  if (places.length === 0) return [];
  const size = ({ optimum: place }: OutsidePlace) => Math.abs(place?.difference ?? Number.NaN);
  const [worst] = places.filter((place) => Number.isFinite(size(place))).sort((a, b) => size(b) - size(a));
  const where =
    worst === undefined ? "" : `, at most ${size(worst).toFixed(2)} sd from those of ${optimum}: ${worst.name}`;
  return wrap(plural(places.length, "random effect") + where, width, indent);
}

/** Estimates of nothing in the model, a few of them. */
function strangers(unmatched: OutsideStanding["unmatched"], parameters: readonly string[], width: number): string[] {
  if (unmatched.length === 0) return [];
  const shown = unmatched
    .slice(0, NAMED_STRANGERS)
    .map(({ outsideName, hint }) => `${outsideName}${hint === "" ? "" : ` (${hint})`}`);
  const more = unmatched.length > shown.length ? [`and ${unmatched.length - shown.length} more`] : [];
  return [
    ...wrap(`not in the model: ${[...shown, ...more].join(", ")}`, width, indent),
    ...wrap(`parameters of the model: ${parameters.join(", ")}`, width, indent),
  ];
}

/** A probability as draws tell it: "0.986", "<0.001". */
function formatShare(probability: number): string {
  if (probability < 0.001) return "<0.001";
  return probability > 0.999 ? ">0.999" : probability.toFixed(3);
}
