import { checkArgument } from "../argument/checkArgument.js";
import { aList } from "../argument/kinds.js";
import { aDesign } from "../design/aDesign.js";
import { commonBounds, type Design, isCut } from "../design/Design.js";
import { withRowsOnly } from "../design/restrictDesign.js";
import { hasThresholds } from "../design/thresholds.js";
import { withResponse } from "../design/withResponse.js";
import type { Family } from "../family/Family.js";
import { linkNamed, links } from "../family/links.js";
import { truncated } from "../family/truncated.js";
import { effectsBytes } from "../kernel/map/effectsLayout.js";
import { predictorMemory } from "../kernel/PredictorMemory.js";
import type { ModelAst } from "../language/ast.js";
import { anAst } from "../language/kinds.js";
import type { Problem } from "../language/ModelError.js";
import { isLong, runSync, type Steps } from "../math/steps.js";
import type { PriorDistribution } from "../prior/Prior.js";
import type { CompiledDensity, CompiledModel, LikelihoodBackend } from "./CompiledModel.js";
import { cutRows } from "./cutRows.js";
import { hyperparameters } from "./Hyperparameters.js";
import { improperPosteriors } from "./improperPosterior.js";
import { integratedDensity, type NormalCoefficients } from "./integrated.js";
import { type JointParts, jointDensity } from "./jointDensity.js";
import { kernelLikelihood } from "./kernelLikelihood.js";
import type { Likelihood } from "./Likelihood.js";
import { latentGaussianView } from "./latentGaussianView.js";
import { mayAddModes } from "./mayAddModes.js";
import { type PredictorData, predictorData } from "./PredictorData.js";
import { parameterPriors } from "./parameterPriors.js";
import { parameterSources } from "./parameterSources.js";
import { pearsonChiSquare } from "./pearson.js";
import { plainLikelihood, type ResponseModel } from "./plainLikelihood.js";
import { originProblems } from "./priorOrigins.js";
import { checkPriorStatements } from "./priorStatements.js";
import { priorsAtDraws } from "./priorsAtDraws.js";
import { quantities, writeParameters } from "./quantities.js";
import { type ModelPriors, type PredictorPriors, present, resolvePriors } from "./resolvePriors.js";
import { responseRows } from "./responseRows.js";
import { rowsAtDraws } from "./rowsAtDraws.js";
import { servedRows } from "./servedRows.js";
import { type SimulationParts, simulatePrior } from "./simulatePrior.js";
import { standardise } from "./standardise.js";
import { standardisedView } from "./standardisedView.js";
import { transportedDensity } from "./transportedDensity.js";
import { scalarPriors, usedPriors } from "./usedPriors.js";

/**
 * compile(design, families, priors) -> log density. The prior statements must have passed `checkPriorStatements`.
 * Problems are returned, not thrown; with an error among them `model` is null.
 */
export function compileDensity(
  ast: ModelAst,
  design: Design,
  families: readonly Family[],
  priors: readonly PriorDistribution[],
): CompiledDensity {
  checkArgument(anAst, ast, "compileDensity", "ast");
  checkArgument(aDesign, design, "compileDensity", "design");
  checkArgument(aList, families, "compileDensity", "families");
  checkArgument(aList, priors, "compileDensity", "priors");
  return runSync(compileDensitySteps(ast, design, families, priors));
}

/** `compileDensity`, with pauses where the table is long. */
export function* compileDensitySteps(
  ast: ModelAst,
  design: Design,
  families: readonly Family[],
  priors: readonly PriorDistribution[],
): Steps<CompiledDensity> {
  const family = familyOf(design, families);
  const resolved = resolvePriors(ast, design, family, priors, links);
  if (isLong(design.rows)) yield;
  const improper = improperPosteriors(design, resolved.priors, tailOf(design, family));
  if (isLong(design.rows)) yield;
  const problems = [
    ...resolved.problems,
    ...improper.problems,
    ...improperProblems(design, resolved.priors)
      .filter(({ name }) => !improper.isProven(name))
      .map(({ problem }) => problem),
    ...originProblems(design, resolved.priors),
  ];
  if (problems.some(({ severity }) => severity === "error")) return { model: null, problems };
  if (isLong(design.rows)) yield;
  const response = responseModel(design, family);
  if (isLong(design.rows)) yield;
  const withoutPriors = { ...ast, priors: [] };
  const standardDefaults = (standard: Design) => resolvePriors(withoutPriors, standard, family, priors, links).priors;
  const restated = (changed: ModelAst, of: Design): CompiledDensity => {
    const wrong = checkPriorStatements(changed, priors);
    return wrong.length > 0 ? { model: null, problems: wrong } : compileDensity(changed, of, families, priors);
  };
  const anew = { defaultsOf: standardDefaults, restated };
  const model = compiledModel(design, response, resolved.priors, anew);
  return { model, problems };
}

/** What makes priors anew. */
interface PriorMaker {
  /** The default priors of a design, whose units a standardised one is searched in. */
  defaultsOf(design: Design): ModelPriors;
  restated(ast: ModelAst, design: Design): CompiledDensity;
}

function compiledModel(design: Design, original: ResponseModel, priors: ModelPriors, anew: PriorMaker): CompiledModel {
  const unscaled = sampledData(design, priors);
  const { response, data, kernel } = servedRows(design, original, unscaled);
  const likelihood = (backend: LikelihoodBackend): Likelihood =>
    kernel !== undefined && backend === "auto"
      ? kernelLikelihood(kernel, response.response, data[0], response.parameters)
      : plainLikelihood(response, data);
  /** With the mean's predictor in memory that has room for so many bytes more. */
  const placedLikelihood = (backend: LikelihoodBackend, bytes: number) => {
    if (kernel !== undefined && backend === "auto")
      return kernelLikelihood(kernel, response.response, data[0], response.parameters, bytes);
    const memory = predictorMemory(data[0], bytes);
    return { ...plainLikelihood(response, data, memory), memory };
  };
  const parts = (served: Likelihood) => jointParts(design, data, priors, served);
  const coefficients = normalCoefficients(priors.predictors[0]);
  return {
    family: responseFamily(design, original.family),
    priors: usedPriors(priors, design),
    meanLink: original.meanLink,
    quantities: quantities(design),
    hasKernel: kernel !== undefined,
    ratios: response.family.ratios?.[design.predictors[0].link] ?? null,
    pearsonChiSquare: pearsonChiSquare(response, design.predictors[0], design.rows),
    logDensity: (parametrization, backend = "auto") => jointDensity(parts(likelihood(backend)), parametrization),
    transportedDensity(reference, backend = "auto") {
      const likelihood = placedLikelihood(backend, effectsBytes(reference, data[0].columns));
      return transportedDensity(parts(likelihood), likelihood.memory, reference);
    },
    hasNormalCoefficients: coefficients !== null,
    get mayHaveSeveralModes() {
      return scalarPriors(priors).some(({ used, density }) => used.origin === "model" && mayAddModes(density));
    },
    integratedDensity(reference) {
      if (coefficients === null) throw new RangeError("the coefficients have priors that are neither normal nor flat");
      const { constant } = response;
      return integratedDensity({ ...parts(likelihood("plain")), coefficients, constant }, reference);
    },
    latentGaussian: (backend = "auto") =>
      latentGaussianView(design, response, data, priors, backend === "auto" ? kernel : undefined),
    *standardisedLatentGaussian(backend = "auto") {
      const own = backend === "auto" ? kernel : undefined;
      const written = latentGaussianView(design, response, data, priors, own);
      if ("refusal" in written) return written;
      const { design: standard, predictors } = yield* standardise(design, unscaled);
      if (isLong(design.rows)) yield;
      const defaults = anew.defaultsOf(standard);
      if (isLong(design.rows)) yield;
      const served = servedRows(standard, original, sampledData(standard, defaults));
      const standardKernel = own && served.kernel;
      if (isLong(design.rows)) yield;
      const view = latentGaussianView(standard, served.response, served.data, defaults, standardKernel);
      return "refusal" in view ? view : { view: standardisedView(view.view, written.view, predictors) };
    },
    modelPriors: priors,
    parameterPriors: () => parameterPriors(design, priors),
    withPriors: (others) => compiledModel(design, original, others, anew),
    restated: (ast) => anew.restated(ast, design),
    withRows(rows) {
      const kept = withRowsOnly(design, rows);
      return { design: kept, compiled: compiledModel(kept, responseModel(kept, original.family), priors, anew) };
    },
    priorsAtDraws: () => priorsAtDraws(design, priors),
    withResponse(values) {
      const other = withResponse(design, original.family, values);
      return {
        design: other,
        compiled: compiledModel(other, responseModel(other, original.family), priors, anew),
      };
    },
    rowsAtDraws: () => rowsAtDraws(design, original),
    simulatePrior: (stream, stated) =>
      simulatePrior(
        simulationParts({ ...parts(likelihood("plain")), data: unscaled }, design, original, priors),
        stream,
        stated,
      ),
  };
}

/** The predictors' data in the coordinates that are sampled. */
function sampledData(design: Design, priors: ModelPriors): PredictorData[] {
  return design.predictors.map((part, k) =>
    predictorData(part, design.rows, priors.predictors[k].intercept?.centred ?? (k === 0 && hasThresholds(design))),
  );
}

function simulationParts(
  joint: JointParts,
  design: Design,
  response: ResponseModel,
  priors: ModelPriors,
): SimulationParts {
  return {
    ...joint,
    response,
    priors,
    thresholds: design.scalars.filter(({ threshold }) => threshold !== undefined).length,
    columnMeans: design.predictors.map(({ columnMeans }) => columnMeans),
    inverseLinks: design.predictors.map(({ link }, k) => (k === 0 ? response.meanLink : linkNamed(link)).inverseLink),
  };
}

function jointParts(
  design: Design,
  data: readonly PredictorData[],
  priors: ModelPriors,
  likelihood: Likelihood,
): JointParts {
  const hyper = hyperparameters(priors);
  return {
    data,
    likelihood,
    hyper,
    quantities: quantities(design),
    writeParameters: (draw) => writeParameters(design, priors, hyper, draw),
  };
}

function familyOf({ response, predictors }: Design, families: readonly Family[]): Family {
  const family = families.find(({ name }) => name === response.family);
  if (family === undefined) throw new RangeError(`unknown family "${response.family}"`);
  return family.withLink?.(predictors[0].link) ?? family;
}

/** The family of the response as it is seen: truncated where all rows have the same bounds. */
function responseFamily({ response: { truncation }, predictors }: Design, family: Family): Family {
  const bounds = commonBounds(truncation);
  if (bounds === null) return family;
  const lower = family.cumulative?.isDiscrete === true ? Math.ceil(bounds.lower) - 1 : bounds.lower;
  return truncated(family, predictors[0].link, { lower, upper: bounds.upper });
}

/** How the density of a row falls says nothing of a censored or truncated one. */
function tailOf({ response }: Design, family: Family): Family {
  const { dispersionTail: _, ...rest } = family;
  return isCut(response) ? rest : family;
}

function responseModel(design: Design, family: Family): ResponseModel {
  const row = family.rowLikelihood(design.predictors[0].link);
  const meanLink = linkNamed(family.withLink === undefined ? design.predictors[0].link : "identity");
  const cut = isCut(design.response)
    ? cutRows(family, row, design.predictors[0].link, meanLink, design.response)
    : null;
  const rows = responseRows(family, row, design.response, cut);
  const parameters = parameterSources(design, family);
  return { family, row, meanLink, response: design.response, rows, constant: 0, parameters };
}

/** Null where a coefficient has another prior. */
function normalCoefficients({ intercept, coefficients }: PredictorPriors): NormalCoefficients | null {
  const known = coefficients.flatMap((coefficient) => {
    const prior = coefficient ?? intercept?.prior;
    const normal = prior?.density.quadratic;
    return prior === undefined || normal === undefined ? [] : [{ ...normal, transform: prior.transform }];
  });
  if (known.length < coefficients.length) return null;
  return {
    means: Float64Array.from(known, ({ mean }) => mean),
    precisions: Float64Array.from(known, ({ precision }) => precision),
    // Transforms of the whole line are affine.
    logJacobian: known.reduce((sum, { transform }) => sum + transform.logAbsDetJacobian(0), 0),
  };
}

/** Improper priors on standard deviations and dispersions by their names, for which a posterior is not shown to exist. */
function improperProblems(design: Design, priors: ModelPriors): { readonly name: string; readonly problem: Problem }[] {
  const sds = priors.predictors.flatMap(({ terms }) => terms.flatMap((term) => present(term.sds)));
  return [...sds, ...priors.scalars]
    .filter(({ used }) => !used.proper)
    .map(({ used: { name } }) => ({
      name,
      problem: {
        code: "improper-prior",
        severity: "warning",
        message: `the prior on ${name} is improper; with few groups or rows the posterior may be too`,
        hint: `give ${name} a proper prior, such as student_t(3, 0, 2.5)`,
        ...(design.response.span === undefined ? {} : { span: design.response.span }),
      },
    }));
}
