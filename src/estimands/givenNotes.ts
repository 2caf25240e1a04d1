import type { ModelToFit } from "../fit/ModelToFit.js";
import type { Level } from "../summary/Estimands.js";
import { shownLevel } from "./givenLevels.js";
import type { ModelVariable } from "./ModelVariable.js";
import { lineOnlyWith } from "./modelVariables.js";
import type { ReferenceGrid } from "./referenceGrid.js";

/** How far beyond the values in the data a value is called far, of the distance of the smallest from the largest. */
const FAR = 0.1;
/** So many values are written out. */
const SHOWN = 3;

/** What is to be said of the values that variables are given: those far outside of the data, and those that a mean does not depend on. */
export function givenNotes(model: ModelToFit, grid: ReferenceGrid, isOfMeans: boolean): string[] {
  const held = grid.held.map(({ variable, value }) => ({ variable, levels: [value] }));
  const given = [...grid.dimensions, ...held].filter(({ variable }) => grid.given.has(variable.name));
  const [{ parameter }] = model.design.predictors;
  const idle = given.filter(({ variable }) => isOfMeans && variable.role === "other");
  return [
    ...given.flatMap(({ variable, levels }) => extrapolation(variable, levels)),
    ...idle.map(
      ({ variable: { name } }) =>
        `${name} is in the line of ${lineOnlyWith(model, name)} alone: what is given for it does not change ${parameter}`,
    ),
  ];
}

function extrapolation(variable: ModelVariable, levels: readonly Level[]): string[] {
  if (variable.range === null) return [];
  const [least, most] = variable.range;
  const margin = FAR * (most - least);
  const outside = levels.map(Number).filter((value) => value < least - margin || value > most + margin);
  if (outside.length === 0) return [];
  const shown = (value: number) =>
    String(shownLevel(variable, variable.column.kind === "date" ? value : Number(value.toPrecision(6))));
  const values =
    outside.length <= SHOWN ? outside.map(shown) : [shown(outside[0]), "...", shown(outside[outside.length - 1])];
  const of = least === most ? `only ${shown(least)}` : `${shown(least)} to ${shown(most)}`;
  return [`${variable.name} = ${values.join(", ")} is far outside of the data (${of}): the model extrapolates`];
}
