import { refuseProblems } from "../engine/checkOptions.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import { parseArithmetic } from "../language/parseArithmetic.js";
import { didYouMean } from "../language/suggest.js";
import type { Level } from "../summary/Estimands.js";
import { checkNames, linearForm } from "./arithmetic.js";
import {
  type CellContrast,
  type ContrastScheme,
  contrastSchemes,
  interactions,
  schemeContrasts,
} from "./contrastSchemes.js";
import type { CompleteContrastsOptions } from "./contrastsOptions.js";
import { notAllowed, shownLevel } from "./givenLevels.js";
import { combination, type Dimension, type ReferenceGrid, sizeOf } from "./referenceGrid.js";

/** The contrasts of the cells of `of` that options ask for. Throws OptionsError, ModelError for a written one that cannot be read. */
export function askedContrasts(grid: ReferenceGrid, options: CompleteContrastsOptions): CellContrast[] {
  const { contrast, reference, interaction, as } = options;
  const dimensions = grid.dimensions.slice(0, grid.of.length);
  const labels = cellLabels(dimensions);
  if (labels.length < 2) refuseProblems([onlyOne(dimensions)]);
  if (reference !== undefined && (interaction || !labels.includes(reference)))
    refuseProblems([
      notAllowed(
        "reference",
        interaction
          ? "reference does not go with interaction, whose references are the first levels"
          : `reference is "${reference}", which is none of the means; ${didYouMean(reference, labels, "means")}`,
      ),
    ]);
  const sign = as === "difference" ? "-" : "/";
  return contrast.flatMap((text) => {
    if (!isScheme(text)) return [writtenContrast(text, labels)];
    const at = reference === undefined ? 0 : labels.indexOf(reference);
    if (!interaction) return schemeContrasts(text, labels, at, sign);
    return interactions(dimensions.map((dimension) => schemeContrasts(text, cellLabels([dimension]), 0, sign)));
  });
}

export function isScheme(text: string): text is ContrastScheme {
  return contrastSchemes.some((scheme) => scheme === text);
}

function onlyOne(dimensions: readonly Dimension[]) {
  const names = dimensions.map(({ variable }) => variable.name);
  const numbers = dimensions.filter(({ variable }) => variable.kind === "number").map(({ variable }) => variable.name);
  const advice = numbers.length === 0 ? "" : `; give ${numbers.join(" and ")} values in at, as in ${numbers[0]}=1,2`;
  return notAllowed(
    "of",
    `of is ${names.join(", ")}, of which there is one mean, and nothing to compare it with${advice}`,
  );
}

/** "drug", "age40", "drug 1": texts as they are, numbers after the names of their variables. */
function cellLabels(dimensions: readonly Dimension[]): string[] {
  return Array.from({ length: sizeOf(dimensions) }, (_, k) =>
    combination(dimensions, k)
      .map((level, d) => labelOf(dimensions[d], level))
      .join(" "),
  );
}

function labelOf({ variable }: Dimension, level: Level): string {
  const shown = shownLevel(variable, level);
  return typeof shown === "number" ? `${variable.name}${shown}` : shown;
}

/** Throws ModelError where it cannot be read, or is no weighted sum of the means. */
function writtenContrast(text: string, labels: readonly string[]): CellContrast {
  const source = { name: "contrast", text };
  const expression = parseArithmetic(source);
  checkNames(expression, labels, "means", source);
  const form = linearForm(expression);
  if (form === null || form.constant !== 0 || form.weights.size === 0)
    throw new ModelError(
      [
        errorAt(
          "not-linear",
          expression.span,
          "a contrast is a weighted sum of means",
          'as in (a + b) / 2 - c; for ratios take as: "ratio"',
        ),
      ],
      source,
    );
  return { name: text.trim(), weights: Float64Array.from(labels, (label) => form.weights.get(label) ?? 0) };
}
