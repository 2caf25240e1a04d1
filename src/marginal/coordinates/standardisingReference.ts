import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { GaussianReference, TransportReference } from "../../density/TransportReference.js";
import { lowerCholesky, solveLower } from "../../math/linalg/cholesky.js";
import { bendAt } from "../../math/special/bend.js";
import type { Steps } from "../../math/steps.js";
import { ModeSearch } from "../effects/conditionalModes.js";
import { marginalPosterior, type PosteriorMode, posteriorMode } from "../exploration/posteriorMode.js";
import { posteriorModes } from "../exploration/posteriorModes.js";
import { evaluated } from "../exploration/ridge.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import { effectsHessian } from "../factorisations/EffectsHessian.js";
import { kernelInAdvance } from "../likelihoods/factorMarginal.js";
import { laplaceMarginal } from "../likelihoods/laplace.js";
import type { MarginalLikelihood } from "../likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../likelihoods/plain.js";
import { fitBend } from "./bends.js";
import { effectsReference } from "./effectsReference.js";
import { gaussianReference } from "./gaussianReference.js";

/** A search that stops with a larger gradient, in posterior sds, has not come near the mode. */
const LARGEST_GRADIENT = 1;

/** More than it takes Newton's method from any place. */
const UNBENDING_STEPS = 40;

/** Or the reason why there is none. */
export type MadeReference<Reference> = { readonly reference: Reference } | { readonly refusal: string };

/**
 * The reference of a standardised density, about the mode of the marginal posterior of (beta, theta, dispersion): of an integrated
 * one for a normal response, where the coefficients have normal or flat priors and the eliminations are cheap; else of a transported one. Where the
 * priors may give several modes they are searched for: the reference is about that with the most mass, the first of `modes`.
 */
export function* standardisingReference(
  view: LatentGaussian,
  { hasNormalCoefficients, mayHaveSeveralModes }: KnownOfModel,
): Steps<StandardisingReference | { readonly refusal: string }> {
  const ahead = kernelInAdvance(view, 1);
  if (ahead) yield* ahead;
  const marginal = view.factors.length > 0 ? laplaceMarginal(view) : plainMarginal(view);
  const mode = yield* posteriorMode(marginal);
  if (!mode.position.every(Number.isFinite) || !(mode.gradientNorm < LARGEST_GRADIENT))
    return { refusal: `the mode of the marginal posterior was not found (${mode.reason})` };
  const modes = mayHaveSeveralModes ? yield* posteriorModes(marginal, mode) : [mode];
  const made = yield* referenceAt(marginal, modes[0], view.isGaussian && hasNormalCoefficients);
  if ("refusal" in made) return made;
  const { position, covariance } = modes[0];
  return {
    ...made,
    main: { position, covariance },
    modes: modes.map(({ position, logDensity }) => modeIn(made.reference, position, logDensity)),
  };
}

function* referenceAt(
  marginal: MarginalLikelihood,
  mode: PosteriorMode,
  isIntegrable: boolean,
): Steps<MadeReference<TransportReference | GaussianReference>> {
  // Of coefficients alone nothing would be left to move.
  const isLeft = mode.position.length > marginal.view.sizes.beta;
  const integrated = isIntegrable && isLeft ? gaussianReference(marginal.view, mode.position, mode.covariance) : null;
  return integrated === null ? yield* transportReference(marginal, mode) : { reference: integrated };
}

export interface StandardisingReference {
  readonly reference: TransportReference | GaussianReference;
  readonly modes: readonly ReferenceMode[];
  /** The first of the modes, with the covariance there. */
  readonly main: Pick<PosteriorMode, "position" | "covariance">;
}

/** What is known of a model's priors. */
export interface KnownOfModel {
  readonly hasNormalCoefficients: boolean;
  readonly mayHaveSeveralModes: boolean;
}

/** A mode of the marginal posterior. */
export interface ReferenceMode {
  /** Unconstrained, as `LatentGaussian.read` takes it. */
  readonly position: Float64Array;
  readonly logDensity: number;
  /** In the tunable coordinates of the reference. */
  readonly centre: Float64Array;
}

function modeIn(
  reference: TransportReference | GaussianReference,
  position: Float64Array,
  logDensity: number,
): ReferenceMode {
  const n = Math.round(Math.sqrt(reference.scale.length));
  const first = position.length - n; // an integrated reference has no coefficients among its coordinates
  const centre = Float64Array.from({ length: n }, (_, k) => position[first + k] - reference.position[first + k]);
  solveLower(reference.scale, n, centre);
  const { kind } = reference;
  return {
    position,
    logDensity,
    centre: kind === "transported" ? centre.map((g, k) => unbent(g, reference.bends[k])) : centre,
  };
}

/** w of g(w) with a bend, by Newton's method: g rises everywhere, and is a line on one side and a parabola on the other. */
function unbent(value: number, bend: number): number {
  let w = value;
  for (let step = 0; step < UNBENDING_STEPS; step++) {
    const { value: at, slope } = bendAt(w, bend);
    w -= (at - value) / slope;
  }
  return w;
}

/** With what the likelihood says of the effects at their conditional modes. */
function* transportReference(
  marginal: MarginalLikelihood,
  { position, covariance }: PosteriorMode,
): Steps<MadeReference<TransportReference>> {
  const scale = lowerCholesky(covariance, position.length);
  if (scale === null) return { refusal: "the marginal posterior has no curvature at its mode" };
  const { view } = marginal;
  yield;
  const bends = yield* thetaBends(marginal, position, scale);
  const values = view.values();
  view.read(position, values);
  const hyper = { kind: "transported" as const, position, scale, bends, beta: values.beta.slice() };
  if (view.factors.length === 0) return { reference: { ...hyper, factors: [], stages: [] } };
  yield;
  const effects = yield* frozenEffects(view, values);
  yield;
  return "refusal" in effects ? effects : { reference: { ...hyper, ...effects } };
}

/** Of the sds and correlations; an sd that may be zero has a long tail below. Along each, those before it are at the mode. */
function* thetaBends(marginal: MarginalLikelihood, mode: Float64Array, scale: Float64Array): Steps<Float64Array> {
  const minusLogDensity = marginalPosterior(marginal);
  const { beta, theta } = marginal.view.sizes;
  const n = mode.length;
  const bends = new Float64Array(n);
  for (let k = beta; k < beta + theta; k++) {
    function* along(w: number): Steps<number> {
      const at = yield* evaluated(
        minusLogDensity,
        mode.map((x, r) => x + scale[r * n + k] * w),
      );
      return -at.value;
    }
    bends[k] = yield* fitBend(along, scale[k * (n + 1)]);
  }
  return bends;
}

/** Rows whose likelihood is not concave at the modes have no say in the curvature. */
function* frozenEffects(view: LatentGaussian, values: LatentValues): Steps<ReturnType<typeof effectsReference>> {
  const search = new ModeSearch(view, effectsHessian(view));
  const { table, b, converged } = yield* search.findInSteps(values, effectsVectors(view), 2);
  if (!converged) return { refusal: "the conditional modes of the random effects were not found" };
  const products = view.crossProducts();
  view.accumulate(
    table.dEta2.map((slope) => Math.max(0, -slope)),
    products,
  );
  const modes = b.map((part) => part.slice());
  yield;
  return effectsReference({ view, products, values, modes, scores: table.dEta });
}
