import { worst } from "./compare.js";
import type { CaseResult } from "./runCase.js";

interface Column {
  readonly title: string;
  /** Characters; negative where cells stand to the left. The last columns may run over. */
  readonly width: number;
  cell(result: CaseResult): string;
}

const columns: readonly Column[] = [
  { title: "model", width: -19, cell: ({ settings }) => settings.name },
  { title: "draws", width: 5, cell: ({ settings }) => String(settings.draws) },
  { title: "gradients", width: 9, cell: ({ gradientEvaluations: { warmup, sampling } }) => String(warmup + sampling) },
  { title: "div.", width: 4, cell: ({ divergences }) => String(divergences) },
  { title: "Stan div.", width: 9, cell: ({ reference }) => String(reference.made.divergences) },
  { title: "R-hat", width: 6, cell: ({ comparison }) => comparison.maxRhat.toFixed(4) },
  { title: "min ESS", width: 7, cell: ({ comparison }) => comparison.minEssBulk.toFixed(0) },
  { title: "CPU s", width: 6, cell: ({ cpuSeconds }) => cpuSeconds.toFixed(1) },
  { title: "wall s", width: 6, cell: ({ wallSeconds }) => wallSeconds.toFixed(1) },
  { title: "b beyond 4", width: 10, cell: ({ comparison }) => beyondZ(comparison) },
  { title: "worst z of b", width: 12, cell: ({ comparison }) => signed(worst(comparison.randomEffects, "z")?.z, 2) },
  { title: "worst z", width: -38, cell: ({ comparison }) => named(worst(comparison.parameters, "z"), "z", 2) },
  {
    title: "worst log sd ratio",
    width: -18,
    cell: ({ comparison }) => named(worst(comparison.parameters, "logSdRatio"), "logSdRatio", 3),
  },
];

export const tableHead = columns.map(({ title, width }) => pad(title, width)).join("  ");

export function tableRow(result: CaseResult): string {
  return columns.map((column) => pad(column.cell(result), column.width)).join("  ");
}

function beyondZ({ effectsBeyondZ, randomEffects }: CaseResult["comparison"]): string {
  return `${effectsBeyondZ} of ${randomEffects.length}`;
}

function named(comparison: ReturnType<typeof worst>, measure: "z" | "logSdRatio", digits: number): string {
  return comparison === null ? "" : `${signed(comparison[measure], digits)} ${comparison.name}`;
}

function signed(value: number | undefined, digits: number): string {
  return value === undefined ? "" : `${value < 0 ? "" : "+"}${value.toFixed(digits)}`;
}

function pad(text: string, width: number): string {
  return width < 0 ? text.padEnd(-width) : text.padStart(width);
}
