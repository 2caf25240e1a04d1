import type { CodedTerm } from "./codedMatrix.js";

/** Empty cells that a message names. */
const MOST_NAMED = 3;
/** Cells beyond which they are not counted. */
const MOST_CELLS = 1e6;

export interface EmptyCell {
  /** "a = a3 and b = b5" */
  readonly description: string;
  /** The column that would be its indicator: "a.a3:b.b5" */
  readonly indicator: string;
}

/** The combinations of levels of an interaction's factors without rows; none for other terms. */
export function emptyCells({ parts, variables }: CodedTerm, rows: number): EmptyCell[] {
  const factors = parts.flatMap(({ factor }, v) => (factor === null ? [] : [{ ...factor.value, name: variables[v] }]));
  const cells = factors.reduce((product, { levels }) => product * levels.length, 1);
  if (factors.length < 2 || cells > MOST_CELLS) return [];
  const isFilled = new Uint8Array(cells);
  for (let i = 0; i < rows; i++)
    isFilled[factors.reduceRight((cell, { levels, codes }) => cell * levels.length + codes[i], 0)] = 1;
  return Array.from(isFilled.keys())
    .filter((cell) => isFilled[cell] === 0)
    .map((cell) => {
      let rest = cell;
      const at = factors.map(({ name, levels }) => {
        const level = levels[rest % levels.length];
        rest = Math.floor(rest / levels.length);
        return { name, level };
      });
      return {
        description: at.map(({ name, level }) => `${name} = ${level}`).join(" and "),
        indicator: at.map(({ name, level }) => `${name}.${level}`).join(":"),
      };
    });
}

/** "no row has a = a3 and b = b5, or a = a4 and b = b5, and 2 more such cells are empty" */
export function describeEmptyCells(cells: readonly EmptyCell[]): string {
  const more = cells.length - MOST_NAMED;
  const first = cells.slice(0, MOST_NAMED).map(({ description }) => description);
  const named = `no row has ${first.join(", or ")}`;
  return more > 0 ? `${named}, and ${more} more such ${more === 1 ? "cell is" : "cells are"} empty` : named;
}
