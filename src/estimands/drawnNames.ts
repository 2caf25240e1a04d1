import type { LevelsByName } from "../summary/Estimands.js";

/** `trt=a, sex=f` */
export function levelsText(levels: LevelsByName): string {
  return Object.entries(levels)
    .map(([name, level]) => `${name}=${typeof level === "number" ? Number(level.toPrecision(4)) : level}`)
    .join(", ");
}

/** `contrast[a - b; sex=f]`: what there is of the parts in brackets. */
export function named(what: string, parts: readonly string[]): string {
  const known = parts.filter((part) => part !== "");
  return known.length === 0 ? what : `${what}[${known.join("; ")}]`;
}
