import type { HypothesisRow, HypothesisTests, JointTest } from "../summary/Estimands.js";
import { type EstimandReport, type JsonEffectNumbers, jsonEffect, knownNumber } from "./estimandSections.js";
import type { JsonNumber } from "./jsonNumbers.js";

/** The document of `test --json`, version 1: fields may be added, never renamed. */
export interface TestJsonDocument extends Omit<HypothesisTests, "rows" | "joint"> {
  readonly schema: 1;
  readonly rows: readonly (Pick<HypothesisRow, "hypothesis" | "relation" | "test"> &
    JsonEffectNumbers & { readonly evidenceRatio: JsonNumber })[];
  readonly joint:
    | ({ readonly test: JointTest["test"] } & Readonly<Record<Exclude<keyof JointTest, "test">, JsonNumber>>)
    | null;
  readonly seconds: EstimandReport<HypothesisTests>["seconds"];
}

/** Plain data for `JSON.stringify`; null stands for a number that there is not. */
export function testJsonDocument({ result, seconds }: EstimandReport<HypothesisTests>): TestJsonDocument {
  const { rows, joint, ...setting } = result;
  const told = rows.map((row) => {
    const { hypothesis, relation, test, evidenceRatio } = row;
    return { hypothesis, relation, test, ...jsonEffect(row), evidenceRatio: knownNumber(evidenceRatio) };
  });
  return {
    schema: 1,
    ...setting,
    rows: told,
    joint: joint && {
      test: joint.test,
      statistic: knownNumber(joint.statistic),
      degreesOfFreedom: knownNumber(joint.degreesOfFreedom),
      denominatorDegreesOfFreedom: knownNumber(joint.denominatorDegreesOfFreedom),
      pValue: knownNumber(joint.pValue),
      probability: knownNumber(joint.probability),
    },
    seconds,
  };
}
