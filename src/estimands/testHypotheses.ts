import { checkArgument } from "../argument/checkArgument.js";
import { texts } from "../argument/kinds.js";
import { refuseProblems } from "../engine/checkOptions.js";
import type { TermTest } from "../engine/ml/Estimates.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import { studentTwoSided } from "../math/special/tailProbability.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { Ensemble } from "../predict/Ensemble.js";
import { defaultLevelOf, type Fitted } from "../predict/Fitted.js";
import { fittedEnsemble } from "../predict/fittedEnsemble.js";
import type { HypothesisRow, HypothesisTests, JointTest } from "../summary/Estimands.js";
import { linearForm, quantityNames, valuesOf } from "./arithmetic.js";
import { boundaryNote, isAtBoundary } from "./atBoundary.js";
import { effectNumbers, shareOf } from "./effectNumbers.js";
import type { Telling } from "./estimandNumbers.js";
import { type Hypothesis, readHypothesis } from "./hypothesis.js";
import { jointOfDraws } from "./jointOfDraws.js";
import { likelihoodRatioTest } from "./likelihoodRatioTest.js";
import { type LinearHypothesis, linearTests } from "./linearTests.js";
import { type CompleteTestOptions, completeTestOptions, type TestOptions } from "./testOptions.js";

/**
 * Tests of hypotheses about the parameters of a fit by any engine, "beta[a] - 2 * beta[b] = 0", smooth functions and inequalities included. Of a posterior, how probable they are; of maximum
 * likelihood, Wald's tests by the delta method, with Student's t and F and Satterthwaite's degrees of freedom for sums of coefficients of a linear mixed model, or the likelihood-ratio test of a
 * refit under the linear restrictions.
 * Throws OptionsError for options, ModelError for hypotheses that cannot be read, with the place, and the signal's reason once it is aborted.
 */
export async function testHypotheses(
  fit: Fit | MlFit,
  hypotheses: string | readonly string[],
  options: TestOptions = {},
): Promise<HypothesisTests> {
  checkArgument(aFit, fit, "testHypotheses", "fit");
  const complete = completeTestOptions(options);
  const asked = typeof hypotheses === "string" ? [hypotheses] : hypotheses;
  checkArgument(texts, asked, "testHypotheses", "hypotheses");
  return runSteps(testSteps(fit, asked, complete), inThisThread(complete));
}

function* testSteps(fit: Fitted, texts: readonly string[], options: CompleteTestOptions): Steps<HypothesisTests> {
  refuseProblems(problemsOf(fit, texts, options));
  const level = options.level ?? defaultLevelOf(fit);
  const names = namesOf(fit);
  const read = texts.map((text) => readHypothesis(text, [...names.keys()]));
  const ensemble = fittedEnsemble(fit, level);
  const told: Telling = { ensemble, level, isMl: "ml" in fit };
  const values = read.map(({ difference }) => valuesOf(difference, ensemble.size, valuesIn(ensemble, names)));
  const rope = options.rope ?? null;
  const notes =
    "ml" in fit
      ? read.filter((one) => isAtBoundary(fit, one)).map(({ source }) => boundaryNote(source.text.trim()))
      : [];
  const setting = { engine: fit.engine, level, rope, notes };
  if (!("ml" in fit)) {
    const effects = { values, degreesOfFreedom: values.map(() => null), transform: null };
    const judged = effectNumbers(told, effects, { adjust: "none", rope });
    const rows = judged.map((numbers, k): HypothesisRow => {
      const { relation, source } = read[k];
      const probability = relation === "<" ? shareOf(ensemble, values[k], (value) => value < 0) : numbers.probability;
      const evidenceRatio = relation === "=" ? null : (probability ?? Number.NaN) / (1 - (probability ?? Number.NaN));
      return { hypothesis: source.text.trim(), relation, test: null, ...numbers, probability, evidenceRatio };
    });
    return { ...setting, rows, joint: options.joint ? jointOfDraws(ensemble, read, values) : null };
  }
  const rows: HypothesisRow[] = [];
  for (const [k, hypothesis] of read.entries()) {
    yield { stage: "hypotheses", done: k, total: read.length };
    rows.push(yield* rowOfMl(fit, hypothesis, values[k], told, options.by));
  }
  return { ...setting, rows, joint: options.joint ? yield* jointOfMl(fit, read, options.by) : null };
}

/** Before a model is fitted: whether hypotheses can be tested of it. Throws as `testHypotheses` does once it is fitted. */
export function checkHypotheses(model: ModelToFit, texts: readonly string[], options: CompleteTestOptions): void {
  refuseProblems(problemsOf(model, texts, options));
  const { parameters, randomEffects } = model.compiled.quantities;
  const names = [...parameters, ...(model.engine === "ml" ? [] : randomEffects.map(({ name }) => name))];
  for (const text of texts) readHypothesis(text, names);
}

function problemsOf(
  fit: ModelToFit,
  texts: readonly string[],
  { joint, by, rope }: CompleteTestOptions,
): OptionProblem[] {
  const conflict = (option: string, message: string): OptionProblem => ({ option, code: "conflict", message });
  const isMl = fit.engine === "ml";
  return [
    ...(texts.length === 0 ? [conflict("hypotheses", 'give at least one hypothesis, as in "beta[x] = 0"')] : []),
    ...(joint && texts.length < 2 ? [conflict("joint", "joint is for several hypotheses, and there is one")] : []),
    ...(isMl && rope !== undefined
      ? [
          conflict(
            "rope",
            "rope is for the draws of a posterior, and maximum likelihood has none; take an engine with a posterior",
          ),
        ]
      : []),
    ...(!isMl && by === "likelihood-ratio"
      ? [
          conflict(
            "by",
            "by is likelihood-ratio, which compares maxima of the likelihood; fit by maximum likelihood, or compare models by their Bayes factor",
          ),
        ]
      : []),
  ];
}

/** Where the values of each name are: among the parameters, or the place of a random effect; of maximum likelihood parameters alone. */
function namesOf(fit: Fitted): ReadonlyMap<string, number | null> {
  if ("ml" in fit) return new Map(fit.ml.parameters.map(({ name }) => [name, null]));
  const { parameters, randomEffects } = fit.posterior;
  return new Map<string, number | null>([
    ...parameters.map(({ name }) => [name, null] as const),
    ...randomEffects.map(({ name }, place) => [name, place] as const),
  ]);
}

function valuesIn(ensemble: Ensemble, names: ReadonlyMap<string, number | null>) {
  return (name: string): Float64Array => {
    const place = names.get(name) ?? null;
    const values = place === null ? ensemble.parameter(name) : ensemble.effect(place);
    if (values === null) throw new RangeError(`${name} has no values`);
    return values;
  };
}

/** A test of one hypothesis by maximum likelihood; an inequality's is one-sided, of that it does not hold. */
function* rowOfMl(
  fit: MlFit,
  hypothesis: Hypothesis,
  values: Float64Array,
  told: Telling,
  by: CompleteTestOptions["by"],
): Steps<HypothesisRow> {
  const { relation, difference, source } = hypothesis;
  const linear = linearOf(fit, hypothesis);
  const tests = linear !== null && fit.ml.method === "lmm" ? yield* linearTests(fit, [linear]) : [];
  const df = tests.at(0)?.denominatorDegreesOfFreedom ?? null;
  const isKnown = quantityNames(difference).every(({ name }) => hasError(fit, name));
  const effects = {
    values: [values],
    degreesOfFreedom: [df === null || Number.isNaN(df) ? null : df],
    transform: null,
  };
  const [numbers] = effectNumbers(told, effects, { adjust: "none", rope: null });
  // A function of what has no standard error has none either.
  const unknown = isKnown ? {} : { sd: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  const row = { hypothesis: source.text.trim(), relation, evidenceRatio: null, ...numbers, ...unknown };
  if (by === "likelihood-ratio") {
    const { statistic, pValue } = yield* likelihoodRatioTest(fit, [hypothesis]);
    return { ...row, statistic, pValue, test: "likelihood-ratio" };
  }
  if (!isKnown || isAtBoundary(fit, hypothesis))
    return { ...row, statistic: Number.NaN, pValue: Number.NaN, test: "z" };
  const test = numbers.degreesOfFreedom === null ? "z" : "t";
  if (relation === "=") return { ...row, test };
  const t = (relation === ">" ? 1 : -1) * (numbers.statistic ?? Number.NaN);
  const twoSided = studentTwoSided(t, numbers.degreesOfFreedom ?? Number.POSITIVE_INFINITY);
  return { ...row, test, pValue: t > 0 ? twoSided / 2 : 1 - twoSided / 2 };
}

function hasError({ ml }: MlFit, name: string): boolean {
  const error = ml.parameters.find((parameter) => parameter.name === name)?.standardError ?? Number.NaN;
  return error > 0 && Number.isFinite(error);
}

/** A hypothesis as a weighted sum of coefficients; null where it is no such sum. */
function linearOf({ ml }: MlFit, { difference, source }: Hypothesis): LinearHypothesis | null {
  const form = linearForm(difference);
  const isOfCoefficients = [...(form?.weights.keys() ?? [])].every((name) => /(^|\.)beta\[/.test(name));
  if (form === null || !isOfCoefficients || ml.parameters.length === 0) return null;
  return { name: source.text, sums: [form] };
}

/** The test that several equations all hold: F or chi-square of Wald, or the likelihood ratio. Throws ModelError for those that are not linear in coefficients. */
function* jointOfMl(fit: MlFit, read: readonly Hypothesis[], by: CompleteTestOptions["by"]): Steps<JointTest> {
  if (by === "likelihood-ratio") {
    const { statistic, pValue, degreesOfFreedom } = yield* likelihoodRatioTest(fit, read);
    return {
      test: "likelihood-ratio",
      statistic,
      degreesOfFreedom,
      denominatorDegreesOfFreedom: null,
      pValue,
      probability: null,
    };
  }
  const sums = read.map((hypothesis) => {
    const linear = hypothesis.relation === "=" ? linearOf(fit, hypothesis) : null;
    if (linear === null) throw notJoint(hypothesis);
    return linear.sums[0];
  });
  const [test] = yield* linearTests(fit, [{ name: "joint", sums }]);
  return asJoint(test);
}

function notJoint({ source }: Hypothesis): ModelError {
  const span = { start: 0, end: source.text.length };
  return new ModelError(
    [errorAt("not-linear", span, "a joint test is of equations of sums of coefficients", "test it by itself")],
    source,
  );
}

function asJoint(test: TermTest | undefined): JointTest {
  const none = { statistic: Number.NaN, degreesOfFreedom: 0, denominatorDegreesOfFreedom: null, pValue: Number.NaN };
  return test === undefined
    ? { test: "chi-square", ...none, probability: null }
    : {
        test: test.test,
        statistic: test.statistic,
        degreesOfFreedom: test.degreesOfFreedom,
        denominatorDegreesOfFreedom: test.denominatorDegreesOfFreedom,
        pValue: test.pValue,
        probability: null,
      };
}
