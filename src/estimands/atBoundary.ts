import type { MlFit } from "../fit/MlFit.js";
import { quantityNames, valuesOf } from "./arithmetic.js";
import type { Hypothesis } from "./hypothesis.js";

/**
 * Whether a hypothesis says of the sd of a random effect that it is zero, or that it is not: `sd[g, Intercept] = 0`, `sd[g, Intercept]^2 / (sd[g, Intercept]^2 + sigma^2) > 0`. That is the
 * end of what an sd can be, where its estimate is not normal however many groups there are, so that Wald's test does not hold (Self & Liang 1987).
 */
export function isAtBoundary({ ml }: MlFit, { difference }: Hypothesis): boolean {
  const names = new Set(quantityNames(difference).map(({ name }) => name));
  const sds = [...names].filter((name) => /(^|\.)sd\[/.test(name));
  if (sds.length !== 1) return false;
  const estimateOf = (name: string) => ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
  const [there] = valuesOf(difference, 1, (name) => Float64Array.of(name === sds[0] ? 0 : estimateOf(name)));
  return there === 0;
}

/** What is to be said of such a hypothesis, by its text. */
export function boundaryNote(hypothesis: string): string {
  return `${hypothesis} has no p value: an sd of zero is the end of what it can be, where Wald's test does not hold; compare the models with and without the random effect`;
}
