import type { Design } from "../design/Design.js";
import type { Family, RatioName } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import type { ModelAst } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import type { Steps } from "../math/steps.js";
import type { Parametrization } from "./jointDensity.js";
import type { LatentGaussian } from "./LatentGaussian.js";
import type { LogDensity, Quantities } from "./LogDensity.js";
import type { ParameterPriors } from "./parameterPriors.js";
import type { PearsonChiSquare } from "./pearson.js";
import type { PriorAtDraws } from "./priorsAtDraws.js";
import type { ModelPriors, UsedPrior } from "./resolvePriors.js";
import type { RowsAtDraws } from "./rowsAtDraws.js";
import type { PriorSimulation, StatedValues } from "./simulatePrior.js";
import type { GaussianReference, TransportReference } from "./TransportReference.js";
import type { TransportedDensity } from "./transportedDensity.js";

/** Which code computes the likelihood: a fused SIMD kernel where there is one ("auto"), or plain TypeScript always. */
export type LikelihoodBackend = "auto" | "plain";

/** A log density with what is weak about it, or what forbids it. */
export interface CompiledDensity {
  readonly model: CompiledModel | null;
  readonly problems: readonly Problem[];
}

/** A model and its data, ready for engines. Each call makes an independent object with buffers of its own. */
export interface CompiledModel {
  /** The family of the response, under its mean's link. */
  readonly family: Family;
  /** From the family's mean to the linear predictor: the link of the mean, or the identity for a family whose functions take the linear predictor. */
  readonly meanLink: Link;
  /** Every prior as it is used, defaults included. */
  readonly priors: readonly UsedPrior[];
  /** What a draw of this model is made of. */
  readonly quantities: Quantities;
  /** Whether a fused kernel serves this model. */
  readonly hasKernel: boolean;
  logDensity(parametrization: Parametrization, backend?: LikelihoodBackend): LogDensity;
  /** The same posterior in the coordinates that a reference of this model gives. Throws RangeError where effects stand on a second predictor. */
  transportedDensity(reference: TransportReference, backend?: LikelihoodBackend): TransportedDensity;
  /** Whether all coefficients of the mean have normal or flat priors on the whole line. */
  readonly hasNormalCoefficients: boolean;
  /** Whether a prior that the model states may give the posterior several modes. */
  readonly mayHaveSeveralModes: boolean;
  /** The same posterior with beta and b integrated out. Throws RangeError where the model has not `hasNormalCoefficients`. */
  integratedDensity(reference: GaussianReference): LogDensity;
  /** The model as Gaussian effects under a likelihood, or the reason why it has no such view. */
  latentGaussian(backend?: LikelihoodBackend): { readonly view: LatentGaussian } | { readonly refusal: string };
  /** The same in the coordinates of its standardised design, where no covariate's origin or unit shows: for maximum likelihood. */
  standardisedLatentGaussian(
    backend?: LikelihoodBackend,
  ): Steps<{ readonly view: LatentGaussian } | { readonly refusal: string }>;
  /** What exp of a coefficient of the mean is; null where it has no name. */
  readonly ratios: RatioName | null;
  /** Null where rows cannot vary by more than the model says; see `pearson.ts`. */
  readonly pearsonChiSquare: PearsonChiSquare | null;
  /** The priors of all parameters, by their places in the model. */
  readonly modelPriors: ModelPriors;
  /** The priors one by one, as they can be set against what the likelihood says. */
  parameterPriors(): ParameterPriors;
  /** The same model with other priors, as `ParameterPriors.without` gives them. */
  withPriors(priors: ModelPriors): CompiledModel;
  /** The same design under other prior statements: those of `ast`, the rest of which is not looked at. */
  restated(ast: ModelAst): CompiledDensity;
  /** The same model, under the same priors, of some of its rows, in their order; levels without rows stay. */
  withRows(rows: Int32Array): { readonly design: Design; readonly compiled: CompiledModel };
  /** The priors one by one, as functions of draws as they are reported. */
  priorsAtDraws(): readonly PriorAtDraws[];
  /** The same model of another response of its rows, length n, under the same priors, default ones included. */
  withResponse(values: Float64Array): { readonly design: Design; readonly compiled: CompiledModel };
  /** What reads draws back into rows: a reader with buffers of its own. */
  rowsAtDraws(): RowsAtDraws;
  /**
   * A draw from the prior predictive distribution; where values of parameters are stated by their names, given these. Throws RangeError, fit for the user,
   * where a prior that is drawn from is improper, and where stated correlations make no positive definite matrix.
   */
  simulatePrior(stream: RandomStream, stated?: StatedValues): PriorSimulation;
}
