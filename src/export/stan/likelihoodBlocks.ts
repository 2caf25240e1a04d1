import type { Design } from "../../design/Design.js";
import type { StanRow } from "../../family/Family.js";
import { joined, type StanBlocks } from "./StanParameter.js";

/** The name of an auxiliary parameter in Stan, and whether it has a value a row. */
export interface StanParameterOfRows {
  readonly name: string;
  readonly isVector: boolean;
}

/**
 * The response with its log density: of whole vectors where Stan has it and rows have no weights of their own, else row by row. A precision weight divides
 * the variance of a row, known errors add to it, and another weight multiplies its log density.
 */
export function likelihoodBlocks(
  { response, predictors }: Design,
  row: StanRow,
  isCount: boolean,
  parameters: readonly StanParameterOfRows[],
): StanBlocks {
  const { trials, weights, errors, weighting } = response;
  const [first] = parameters;
  const ownSds = first !== undefined && (errors !== null || (weights !== null && weighting === "precision"));
  const power = weights !== null && weighting === "likelihood" ? "weights[n] * " : "";
  const isVectorised = row.isVectorised && power === "";
  const at = (name: string) => (isVectorised ? name : `${name}[n]`);
  const own = ownSds ? [{ name: "row_sd", isVector: true }, ...parameters.slice(1)] : parameters;
  const density = row.density({
    y: at("y"),
    eta: at(`eta_${predictors[0].parameter}`),
    phi: own.map(({ name, isVector }) => (isVector ? at(name) : name)),
    trials: at("trials"),
  });
  return joined([
    {
      data: [
        isCount ? "array[N] int y;" : "vector[N] y;",
        ...(trials === null ? [] : ["array[N] int<lower=0> trials;"]),
        ...(weights === null ? [] : ["vector<lower=0>[N] weights;"]),
        ...(errors === null ? [] : ["vector<lower=0>[N] errors;"]),
      ],
    },
    ...(ownSds ? [{ transformedParameters: rowSdLines(first, weights, errors) }] : []),
    {
      model: [isVectorised ? `target += ${density};` : `for (n in 1:N) target += ${power}${wrapped(density, power)};`],
    },
  ]);
}

function wrapped(density: string, power: string): string {
  return power === "" ? density : `(${density})`;
}

function rowSdLines({ name, isVector }: StanParameterOfRows, weights: unknown, errors: unknown): string[] {
  const variance = `square(${isVector ? `${name}[n]` : name})${weights === null ? "" : " / weights[n]"}`;
  const total = errors === null ? variance : `${variance} + square(errors[n])`;
  return ["vector[N] row_sd;", `for (n in 1:N) row_sd[n] = sqrt(${total});`];
}
