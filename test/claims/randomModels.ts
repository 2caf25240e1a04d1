import fc from "fast-check";
import type { Table } from "../../src/data/Table.js";
import { createStream } from "../../src/math/random/createStream.js";
import { compiled, seeds } from "../density/models.js";
import { groupedTable, randomParts } from "../marginal/designs.js";
import { type LikelihoodCase, likelihoodCases } from "../marginal/likelihoods.js";

/** What a random model is made of: small enough to read where a property fails. */
export interface Recipe {
  readonly text: string;
  readonly rows: number;
  readonly seed: number;
}

type Structure = (typeof randomParts)[keyof typeof randomParts]["structure"];

/** Every family and link, every random part of the structure, groups from one row to many. */
export function recipes(of: Structure, mostRows = 150): fc.Arbitrary<Recipe> {
  const parts = Object.values(randomParts).filter(({ structure }) => structure === of);
  return fc
    .record({
      likelihood: fc.constantFrom(...Object.values(likelihoodCases)),
      random: fc.constantFrom(...parts.map(({ random }) => random)),
      rows: fc.integer({ min: 24, max: mostRows }),
      seed: seeds,
    })
    .map(({ likelihood, random, rows, seed }) => ({ text: modelText(likelihood, random), rows, seed }));
}

/** The table of a recipe: its response is drawn from the model. */
export function tableOf({ text, rows, seed }: Recipe): Table {
  const table = groupedTable(seed, rows);
  const { design, model } = compiled(text, table);
  const { response } = model.simulatePrior(createStream(seed, 0));
  const values = new Float64Array(rows);
  design.rowIndex.forEach((row, i) => {
    values[row] = response[i];
  });
  const [name] = text.split(" ");
  return { ...table, columns: new Map([...table.columns, [name, { kind: "number", values }]]) };
}

/** With priors that keep what is drawn from them inside the link's range. */
function modelText({ response, left, second, intercept, scale, dispersion }: LikelihoodCase, random: string): string {
  const scalar = /, (sigma|phi)\)/.exec(response)?.[1];
  return [
    response,
    `${left} = 1 + x1 + ${random}`,
    ...(second === undefined ? [] : [second]),
    `prior beta[Intercept] ~ normal(${intercept}, ${0.1 * scale})`,
    `prior beta[x1] ~ normal(0, ${0.5 * scale})`,
    `prior sd ~ normal(${1.2 * scale}, ${0.3 * scale})`,
    ...(scalar === undefined || second !== undefined ? [] : [`prior ${scalar} ~ normal(${dispersion[0]}, 0.1)`]),
    ...(second === undefined
      ? []
      : [`prior ${scalar}.beta ~ normal(0, 0.3)`, `prior ${scalar}.beta[Intercept] ~ normal(0, 0.3)`]),
  ].join("\n");
}
