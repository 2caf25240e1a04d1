import { auxiliarySlots } from "../../density/parameterSources.js";
import type { ScalarPrior } from "../../density/resolvePriors.js";
import { type Design, isCut } from "../../design/Design.js";
import type { Family } from "../../family/Family.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import { modelText } from "../../language/printer.js";
import { version } from "../../version.js";
import { ExportError } from "../ExportError.js";
import { likelihoodBlocks, type StanParameterOfRows } from "./likelihoodBlocks.js";
import { predictorBlocks } from "./predictorBlocks.js";
import { joined, type StanBlocks, scalarOf } from "./StanParameter.js";

/**
 * A Stan program of a model whose log density, constants included, is that of the model at the same parameters; `stanData` has its data. It needs Stan 2.26 or
 * later. Throws ExportError for families and priors that Stan has not.
 */
export function stanProgram({ ast, design, compiled }: PreparedModel): string {
  const { family, modelPriors: priors } = compiled;
  if (isCut(design.response))
    throw new ExportError(
      "not-in-stan",
      "a model with cens() or trunc() is not written as a Stan program yet",
      "export its draws, which any other format takes",
    );
  const row = family.stan?.[design.predictors[0].link];
  if (row === undefined)
    throw new ExportError(
      "not-in-stan",
      `the family ${family.name} is not in the language of Stan`,
      "built-in families have a Stan program, and those whose records say how Stan writes them (`stan`)",
    );
  const blocks = joined([
    { data: ["int<lower=1> N;"] },
    ...design.predictors.map((part, k) => predictorBlocks(part, priors.predictors[k], k, termsBefore(design, k))),
    ...scalarBlocks(design, priors.scalars),
    likelihoodBlocks(design, row, family.cumulative?.isDiscrete === true, parametersOf(design, family)),
  ]);
  const statements = modelText(ast).trimEnd().split("\n");
  const heading = [
    `// Written by marginalia ${version} from the model`,
    ...statements.map((line) => `//   ${line}`.trimEnd()),
  ];
  return `${[...heading, ...blockLines(blocks)].join("\n")}\n`;
}

/** Random terms are numbered over all predictors. */
function termsBefore({ predictors }: Design, k: number): number {
  return predictors.slice(0, k).reduce((count, { randomTerms }) => count + randomTerms.length, 0);
}

function scalarBlocks({ scalars }: Design, priors: readonly ScalarPrior[]): Partial<StanBlocks>[] {
  let free = 0;
  return scalars.map(({ parameter, fixed }) => {
    if (fixed !== null) return scalarOf(parameter, { kind: "held", value: fixed });
    const { used, density } = priors[free++];
    return scalarOf(parameter, { kind: "free", used, density });
  });
}

/** The family's auxiliary parameters, but those that a model with known errors has not. */
function parametersOf({ predictors, scalars }: Design, family: Family): StanParameterOfRows[] {
  return auxiliarySlots(family).flatMap(({ name }) => {
    if (predictors.some(({ parameter }) => parameter === name)) return { name, isVector: true };
    return scalars.some(({ parameter }) => parameter === name) ? { name, isVector: false } : [];
  });
}

function blockLines(blocks: StanBlocks): string[] {
  const block = (name: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${name} {`, ...lines.map((line) => `  ${line}`), "}"];
  return [
    ...block("data", blocks.data),
    ...block("transformed data", blocks.transformedData),
    ...block("parameters", blocks.parameters),
    ...block("transformed parameters", blocks.transformedParameters),
    ...block("model", blocks.model),
    ...block("generated quantities", blocks.generated),
  ];
}
