import type { Design, PredictorDesign } from "../design/Design.js";
import type { Family, ParameterSupport } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import { mean, standardDeviation } from "../math/moments.js";
import { exp, log } from "../math/special/elementary.js";
import type { Unit } from "../transform/transforms.js";
import { auxiliarySlots } from "./parameterSources.js";

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
  /** The prior of a parameter of the family that is one number. */
  scalar(parameter: string): DefaultPrior;
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
    scalar(parameter) {
      if (parameter === "threshold") return { ...thresholdDefault, unit: { location: 0, scale: 1 } };
      const slot = auxiliarySlots(family).find(({ name }) => name === parameter);
      if (slot?.prior === "response") return studentT(scaleOf(0));
      return { ...(slot?.prior ?? scalarDefaults[slot?.support ?? "positive"]), unit: { location: 0, scale: 1 } };
    },
    correlation: { distribution: "lkj", arguments: [1] },
  };
}

const thresholdDefault: PriorCall = { distribution: "student_t", arguments: [3, 0, 2.5] };

const scalarDefaults: Readonly<Record<ParameterSupport, PriorCall>> = {
  positive: { distribution: "gamma", arguments: [0.01, 0.01] },
  probability: { distribution: "beta", arguments: [1, 1] },
  real: { distribution: "normal", arguments: [0, 2.5] },
};

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
    ? positiveOr(standardDeviation(locations(design, family)), 1)
    : 1;
}

/** The responses on the scale of their location that have one: exact zeros have no log. */
function locations({ response: { values } }: Design, { locationOf }: Family): Float64Array {
  return locationOf === undefined ? values : values.map((y) => locationOf(y)).filter(Number.isFinite);
}

/** Whether a mean is a location of the response, or of a function of it. */
function isOnResponseScale({ locationOf }: Family, { link }: PredictorDesign): boolean {
  return locationOf !== undefined && link === "identity";
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
  if (predictor > 0) return auxiliaryCentre(design, family, part);
  const meanOffset = part.offset === null ? 0 : mean(part.offset);
  if (isOnResponseScale(family, part)) return mean(locations(design, family)) - meanOffset;
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

/** log(sd(y)) for a modelled log of a parameter in units of the response, its counterpart under the identity; 0 or 1 for other positive ones, else 0. */
function auxiliaryCentre(design: Design, family: Family, { parameter, link }: PredictorDesign): number {
  const slot = auxiliarySlots(family).find(({ name }) => name === parameter);
  if ((slot?.support ?? "positive") !== "positive") return 0;
  const typical = slot?.prior === "response" ? positiveOr(standardDeviation(locations(design, family)), 1) : 1;
  return link === "log" ? log(typical) : typical;
}

function finiteOr(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

function sum(values: Float64Array, of: (value: number) => number = (value) => value): number {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}
