import type { Design, PredictorDesign } from "../design/Design.js";
import type { Family } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import { mean, standardDeviation } from "../math/moments.js";
import { exp, log } from "../math/special/elementary.js";
import type { Unit } from "../transform/transforms.js";

/** A prior by its name and numbers, as a statement would write it. */
export interface PriorCall {
  readonly distribution: string;
  readonly arguments: readonly number[];
}

/** A default prior, with the unit in which its parameter is sampled: the data's scale, whatever prior is stated. */
export interface DefaultPrior extends PriorCall {
  readonly unit: Unit;
}

/** The default priors of a model, weakly informative and scaled to the data (in the manner of rstanarm; see README). */
export interface DefaultPriors {
  intercept(predictor: number): DefaultPrior;
  coefficient(predictor: number, column: number): DefaultPrior;
  sd(predictor: number, term: number, coefficient: number): DefaultPrior;
  /** The prior of a scalar dispersion. */
  readonly dispersion: DefaultPrior;
  readonly correlation: PriorCall;
}

export function defaultPriors(design: Design, family: Family, links: readonly Link[]): DefaultPriors {
  const scales = design.predictors.map((_, k) => outcomeScale(design, family, k));
  const scaleOf = (predictor: number) => scales[predictor] ?? 1;
  return {
    intercept: (k) => normal(interceptCentre(design, family, k, links), scaleOf(k)),
    coefficient: (k, column) => normal(0, scaleOf(k) / columnSd(partOf(design, k).X, design.rows, column)),
    sd: (k, term, coefficient) => {
      const { coefficients, Z } = partOf(design, k).randomTerms[term];
      const spread = coefficients[coefficient] === "Intercept" ? 1 : columnSd(Z, design.rows, coefficient);
      return studentT(scaleOf(k) / spread);
    },
    dispersion:
      family.dispersionIsSd === true
        ? studentT(scaleOf(0))
        : { distribution: "gamma", arguments: [0.01, 0.01], unit: { location: 0, scale: 1 } },
    correlation: { distribution: "lkj", arguments: [1] },
  };
}

function normal(location: number, scale: number): DefaultPrior {
  return { distribution: "normal", arguments: [location, 2.5 * scale].map(asPrinted), unit: { location, scale } };
}

function studentT(scale: number): DefaultPrior {
  return { distribution: "student_t", arguments: [3, 0, asPrinted(2.5 * scale)], unit: { location: 0, scale } };
}

/** Rounded to the four digits that are printed, so that what is printed is what was used. */
function asPrinted(x: number): number {
  return Number(x.toPrecision(4));
}

function partOf(design: Design, predictor: number): PredictorDesign {
  const part = design.predictors[predictor];
  if (part === undefined) throw new RangeError(`no predictor ${predictor}`);
  return part;
}

/** s of the defaults: the response's standard deviation where the predictor is on its scale, else 1. */
function outcomeScale(design: Design, family: Family, predictor: number): number {
  return predictor === 0 && isOnResponseScale(family, partOf(design, 0))
    ? positiveOr(standardDeviation(design.response.values), 1)
    : 1;
}

/** Whether a mean is on the scale of the response, and its dispersion too. */
function isOnResponseScale({ dispersionIsSd }: Family, { link }: PredictorDesign): boolean {
  return dispersionIsSd === true && link === "identity";
}

/** 1 for a column that is constant but for rounding. */
function columnSd(X: Float64Array, rows: number, column: number): number {
  const values = X.subarray(column * rows, (column + 1) * rows);
  const sd = standardDeviation(values);
  return sd > 1e-10 * Math.abs(mean(values)) ? positiveOr(sd, 1) : 1;
}

function positiveOr(value: number, otherwise: number): number {
  return value > 0 && Number.isFinite(value) ? value : otherwise;
}

/** Where the prior of the intercept is centred, on the scale of the link. */
function interceptCentre(design: Design, family: Family, predictor: number, links: readonly Link[]): number {
  const part = partOf(design, predictor);
  if (predictor > 0) return dispersionCentre(design, family, part);
  const meanOffset = part.offset === null ? 0 : mean(part.offset);
  if (isOnResponseScale(family, part)) return mean(design.response.values) - meanOffset;
  const counted = part.link === "log" && design.response.trials === null;
  const centre =
    links.find(({ name }) => name === part.link)?.link(shrunkMean(design, counted ? part.offset : null)) ?? 0;
  return finiteOr(counted ? centre : centre - meanOffset, 0);
}

/** (sum y + 0.5) / (exposure or trials + 1): off the edge for counts and binary data. */
function shrunkMean(design: Design, logExposure: Float64Array | null): number {
  const { values, trials } = design.response;
  const exposure = logExposure !== null ? sum(logExposure, exp) : trials !== null ? sum(trials) : design.rows;
  return (sum(values) + 0.5) / (exposure + 1);
}

/** log(sd(y)) for a modelled log of a dispersion that is an sd, its counterpart under the identity; 0 or 1 for other dispersions. */
function dispersionCentre(design: Design, { dispersionIsSd }: Family, part: PredictorDesign): number {
  const typical = dispersionIsSd === true ? positiveOr(standardDeviation(design.response.values), 1) : 1;
  return part.link === "log" ? log(typical) : typical;
}

function finiteOr(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

function sum(values: Float64Array, of: (value: number) => number = (value) => value): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}
