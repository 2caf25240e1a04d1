import { readFileSync } from "node:fs";
import type { Univariate } from "../../src/prior/Prior.js";
import { priors } from "../../src/prior/priors.js";

/** What R says of one prior; see priors.R beside the fixture. */
export interface PriorCase {
  readonly prior: string;
  readonly arguments: readonly number[];
  readonly x: readonly number[];
  readonly logDensity: readonly number[];
  readonly logCdf: readonly number[];
  readonly logSurvival: readonly number[];
  readonly probabilities: readonly number[];
  readonly quantiles: readonly number[];
}

const path = new URL("../../validation/fixtures/distributions/priors/priors.fixture.json", import.meta.url);

export const cases: readonly PriorCase[] = JSON.parse(readFileSync(path, "utf8")).cases;

export const label = (prior: string, numbers: readonly number[]): string => `${prior}(${numbers.join(", ")})`;

export function make(name: string, ...numbers: readonly number[]): Univariate {
  const prior = priors.find((candidate) => candidate.name === name);
  if (prior === undefined) throw new RangeError(`no prior ${name}`);
  return prior.make(numbers);
}
