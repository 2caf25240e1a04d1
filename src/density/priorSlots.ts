import type { Design, PredictorDesign } from "../design/Design.js";
import { sdTargets } from "../design/holdCovariance.js";
import { predictorName, predictorPrefix } from "../design/predictorName.js";
import type { PriorStatement } from "../language/ast.js";
import { coefficientKey } from "../language/coefficient.js";
import type { SdScale } from "../prior/ofSd.js";

/** One thing a prior can be on, as the language addresses it: `sd[subject, post]` is target "sd" with path ["subject", "post"]. */
export interface PriorSlot {
  /** As results and messages name it: `phi.beta[x]`. */
  readonly name: string;
  readonly target: string;
  readonly path: readonly string[];
  /** The predictor it belongs to, or null for a scalar parameter. */
  readonly predictor: number | null;
}

/** The prior slots of one linear predictor. */
export interface PredictorSlots {
  /** The linear predictor at the covariates' means and the raw intercept; null without an intercept column. */
  readonly intercept: { readonly centred: PriorSlot; readonly raw: PriorSlot } | null;
  /** Length p; null at the intercept. */
  readonly coefficients: readonly (PriorSlot | null)[];
  /** Per random term its q standard deviations and, for q > 1, its correlation matrix; null for what is held at a number. */
  readonly terms: readonly { readonly sds: readonly (PriorSlot | null)[]; readonly cor: PriorSlot | null }[];
}

export interface PriorSlots {
  readonly predictors: readonly PredictorSlots[];
  /** The scalars that are free, in the order of `Design.scalars`. */
  readonly scalars: readonly PriorSlot[];
}

export function priorSlots(design: Design): PriorSlots {
  return {
    predictors: design.predictors.map((part, k) => predictorSlots(part, k, predictorPrefix(design, k))),
    scalars: design.scalars
      .filter((scalar) => scalar.fixed === null)
      .map(({ parameter, threshold }) => ({
        name: parameter,
        ...(threshold === undefined
          ? { target: parameter, path: [] }
          : { target: "threshold", path: [String(threshold)] }),
        predictor: null,
      })),
  };
}

function predictorSlots(part: PredictorDesign, predictor: number, prefix: string): PredictorSlots {
  const slot = (target: string, path: readonly string[]): PriorSlot => ({
    name: prefix + (path.length > 0 ? `${target}[${path.join(", ")}]` : target),
    target,
    path,
    predictor,
  });
  return {
    intercept: part.interceptColumn < 0 ? null : { centred: slot("intercept", []), raw: slot("beta", ["Intercept"]) },
    coefficients: part.columns.map((column, k) => (k === part.interceptColumn ? null : slot("beta", [column]))),
    terms: part.randomTerms.map((term) => {
      const factor = part.factors[term.factor]?.name ?? "";
      return {
        sds: term.coefficients.map((coefficient, c) =>
          (term.held?.sds[c] ?? null) === null ? slot("sd", [factor, coefficient]) : null,
        ),
        cor: term.coefficients.length > 1 && (term.held?.correlation ?? null) === null ? slot("cor", [factor]) : null,
      };
    }),
  };
}

export function allSlots(slots: PriorSlots): PriorSlot[] {
  const present = (slot: PriorSlot | null): slot is PriorSlot => slot !== null;
  return [
    ...slots.predictors.flatMap((part) => [
      ...(part.intercept === null ? [] : [part.intercept.centred, part.intercept.raw]),
      ...part.coefficients.filter(present),
      ...part.terms.flatMap((term) => [...term.sds, term.cor].filter(present)),
    ]),
    ...slots.scalars,
  ];
}

/**
 * How specifically a statement addresses a slot: the number of names in its brackets, or -1 if it does not address it.
 * `prior beta` never covers the intercept.
 */
export function specificity(statement: PriorStatement, slot: PriorSlot, design: Design): number {
  const { target, parameter, index } = statement.target;
  if (!addresses(target.name, slot) || index.length > slot.path.length) return -1;
  if (slot.predictor === null ? parameter !== undefined : !isOfPredictor(statement, design, slot.predictor)) return -1;
  if (slot.target === "beta" && slot.path[0] === "Intercept" && index.length === 0) return -1;
  return index.every((name, k) => coefficientKey(name.name) === coefficientKey(slot.path[k])) ? index.length : -1;
}

function addresses(target: string, slot: PriorSlot): boolean {
  return slot.target === "sd" ? sdTargets.includes(target) : target === slot.target;
}

/** The scale that a statement about an sd is on, where it is not the sd's own. */
export function sdScale(statement: PriorStatement | null, slot: PriorSlot): SdScale | null {
  const name = statement?.target.target.name;
  return slot.target === "sd" && (name === "var" || name === "precision") ? name : null;
}

/** A statement without a parameter is of the mean, and of the predictors of all categories. */
function isOfPredictor({ target: { parameter } }: PriorStatement, { predictors }: Design, k: number): boolean {
  const part = predictors[k];
  if (parameter === undefined) return k === 0 || part.category !== undefined;
  return parameter.name === part.parameter || parameter.name === predictorName(part);
}
