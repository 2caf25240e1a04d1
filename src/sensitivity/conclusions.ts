import { type LinearForm, linearForm } from "./linearForms.js";
import { SensitivityError } from "./SensitivityError.js";

/** A statement about the posterior: that a sum of quantities is negative, or positive, with at least some probability. */
export interface Conclusion {
  /** The conclusion as it was written. */
  readonly text: string;
  /** The left side less the right side. */
  readonly difference: LinearForm;
  readonly sign: "negative" | "positive";
  /** The probability that it asks for. */
  readonly probability: number;
}

const FORM = /^(.+?)(<=?|>=?)(.+?)\s+with\s+probability\s+(\d*\.?\d+)\s*(%?)\s*$/is;

/** A conclusion by its text: `beta[trt] < 0 with probability 0.95`. Throws SensitivityError. */
export function parseConclusion(text: string): Conclusion {
  const [, left, comparison, right, number, percent] = FORM.exec(text) ?? [];
  const probability = Number(number) / (percent === "%" ? 100 : 1);
  const sides = left === undefined ? [null] : [left, right].map(linearForm);
  const [one, other] = sides;
  if (!one || !other)
    throw new SensitivityError(
      "bad-conclusion",
      `cannot read the conclusion "${text}"`,
      'write a comparison and its probability, as in "beta[trt] < 0 with probability 0.95" or "beta[a] - beta[b] > 0.1 with probability 0.9"',
    );
  if (!(probability > 0 && probability < 1))
    throw new SensitivityError(
      "bad-conclusion",
      `the conclusion "${text}" asks for a probability of ${probability}`,
      "probabilities lie between 0 and 1",
    );
  const negated = other.terms.map(({ name, weight }) => ({ name, weight: -weight }));
  const difference = { terms: [...one.terms, ...negated], constant: one.constant - other.constant };
  if (difference.terms.length === 0)
    throw new SensitivityError(
      "bad-conclusion",
      `the conclusion "${text}" is about no quantity`,
      'name a parameter or random effect, as in "beta[trt] < 0 with probability 0.95"',
    );
  return { text, difference, sign: comparison.startsWith("<") ? "negative" : "positive", probability };
}
