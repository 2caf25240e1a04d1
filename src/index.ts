// The public surface of Marginalia, on a page.

export { ArgumentError } from "./argument/ArgumentError.js";
export { CheckError } from "./checks/CheckError.js";
export { checkInfluence } from "./checks/influence/checkInfluence.js";
export { influence } from "./checks/influence/influence.js";
export { completeInfluenceOptions, type InfluenceOptions } from "./checks/influence/options.js";
export { checkLoo } from "./checks/loo/checkLoo.js";
export { type CompareLooOptions, compareLoo } from "./checks/loo/compareLoo.js";
export { loo } from "./checks/loo/loo.js";
export { completeLooOptions, type LooOptions } from "./checks/loo/options.js";
export { completePpcOptions, type PpcOptions, type StatisticFunction } from "./checks/ppc/options.js";
export { checkPpc, ppc } from "./checks/ppc/ppc.js";
export { completeResidualsOptions, type ResidualsOptions } from "./checks/residuals/options.js";
export { checkResiduals, residuals } from "./checks/residuals/residuals.js";
export { ComparisonError } from "./compare/ComparisonError.js";
export { compareEngines } from "./compare/engines/compareEngines.js";
export type { EngineProgress } from "./compare/engines/engines.js";
export { comparedEngines } from "./compare/engines/engines.js";
export { type CompareEnginesOptions, completeCompareEnginesOptions } from "./compare/engines/enginesOptions.js";
export { bayesFactor } from "./compare/evidence/bayesFactor.js";
export { compareEvidence } from "./compare/evidence/compareEvidence.js";
export { type CompareEvidenceOptions, completeCompareEvidenceOptions } from "./compare/evidence/evidenceOptions.js";
export type { ComparedModel, Comparison } from "./compare/models/Comparison.js";
export { compare } from "./compare/models/compare.js";
export { type CompareOptions, completeCompareOptions } from "./compare/models/options.js";
export { outsideDraws } from "./compare/outside/outsideDraws.js";
export { outsideTable } from "./compare/outside/outsideFit.js";
export { DataError } from "./data/DataError.js";
export { describeColumn } from "./data/describeColumn.js";
export { parseTable } from "./data/parseTable.js";
export type { Column, Table } from "./data/Table.js";
export {
  type ArqueroTable,
  type ArrowTable,
  type ColumnInput,
  type ColumnsByName,
  type TableInput,
  toTable,
} from "./data/toTable.js";
export type { CompiledModel } from "./density/CompiledModel.js";
export { compileDensity } from "./density/compileDensity.js";
export type { LatentGaussian } from "./density/LatentGaussian.js";
export type { LogDensity } from "./density/LogDensity.js";
export { checkPriorStatements } from "./density/priorStatements.js";
export type { UsedPrior } from "./density/resolvePriors.js";
export type { PriorSimulation } from "./density/simulatePrior.js";
export {
  type AppliedDesign,
  type ApplyOptions,
  applyDesign,
  type NewPredictor,
  type NewRows,
} from "./design/applyDesign.js";
export { buildDesign } from "./design/buildDesign.js";
export { predictorColumns } from "./design/columnNames.js";
export type { Design } from "./design/Design.js";
export type { NewLevels } from "./design/newLevels.js";
export { essBulk, essTail } from "./diagnostics/ess.js";
export { mcseMean, mcseMedian, mcseQuantile, mcseSd } from "./diagnostics/mcse.js";
export { rhat } from "./diagnostics/rhat.js";
export { type SamplerDiagnostics, samplerDiagnostics } from "./diagnostics/sampler.js";
export { type Warning, warningsOf } from "./diagnostics/warnings.js";
export type { Engine, EngineContext } from "./engine/Engine.js";
export { EngineDefect, EngineError } from "./engine/EngineError.js";
export type { Executor, Work } from "./engine/Executor.js";
export { type ChainProgress, runChain } from "./engine/hmc/chain.js";
export { defaultNutsOptions, type NutsOptions } from "./engine/hmc/options.js";
export { SamplingError } from "./engine/hmc/SamplingError.js";
export { ApproximationFailure } from "./engine/laplace/ApproximationFailure.js";
export type { Estimates } from "./engine/ml/Estimates.js";
export { FitFailure } from "./engine/ml/FitFailure.js";
export { type BootstrapType, type MlMethod, type MlOptions, mlMethods } from "./engine/ml/options.js";
export type { MlProgress } from "./engine/ml/progress.js";
export type { Given, Option, OptionSchema, OptionsOf } from "./engine/OptionSchema.js";
export { type OptionProblem, OptionsError } from "./engine/OptionsError.js";
export { defaultText, flagOf } from "./engine/optionText.js";
export type { Signal } from "./engine/Signal.js";
export { checkEstimand, type EstimandQuestion } from "./estimands/checkEstimand.js";
export { contrasts } from "./estimands/contrasts.js";
export { type ContrastsOptions, completeContrastsOptions } from "./estimands/contrastsOptions.js";
export { means } from "./estimands/means.js";
export { completeMeansOptions, type MeansOptions } from "./estimands/options.js";
export { slopes } from "./estimands/slopes.js";
export { completeSlopesOptions, type SlopesOptions } from "./estimands/slopesOptions.js";
export { completeSolveOptions, type SolveOptions } from "./estimands/solve/options.js";
export { solve } from "./estimands/solve/solve.js";
export { testHypotheses } from "./estimands/testHypotheses.js";
export { completeTestOptions, type TestOptions } from "./estimands/testOptions.js";
export { ExportError } from "./export/ExportError.js";
export { checkExport, exportFit, type FitExport } from "./export/exportFit.js";
export { type ExportFormat, folderFormats, formats as exportFormats, screenFormats } from "./export/formats.js";
export { completeExportOptions, type ExportOptions } from "./export/options.js";
export { defineFamily } from "./family/defineFamily.js";
export type { Family } from "./family/Family.js";
export { families } from "./family/families.js";
export type { InlaFitOptions, LaplaceFitOptions } from "./fit/approximationEngines.js";
export type { BootstrapResult, BootstrapRow } from "./fit/bootstrap/BootstrapResult.js";
export { bootstrap } from "./fit/bootstrap/bootstrap.js";
export type { BootstrapOptions, StatisticResult } from "./fit/bootstrap/bootstrapSchema.js";
export { ChainError } from "./fit/ChainError.js";
export {
  checkFitOptions,
  completeFitOptions,
  completeInlaOptions,
  completeLaplaceOptions,
  completeMlOptions,
} from "./fit/completeOptions.js";
export { type EffectsCovariance, effectsCovariances } from "./fit/covariance.js";
export { defineEngine } from "./fit/defineEngine.js";
export type { DefinedEngine, DefinedFit, EngineDefinition } from "./fit/EngineDefinition.js";
export { type EngineName, engines } from "./fit/engines.js";
export type { AnyEngine, FitEngine } from "./fit/FitEngine.js";
export { type CommonFitOptions, type FitOf, type FitOptions, type FitOptionsOf, fit } from "./fit/fit.js";
export { fitReport, isUntrusted } from "./fit/fitReport.js";
export type { Fit, InlaFit, LaplaceFit, NutsFit } from "./fit/fitted.js";
export { type FromFormulaOptions, fromFormula } from "./fit/fromFormula.js";
export { loadPlugin } from "./fit/loadPlugin.js";
export { isUntrustedMl, type MlFit } from "./fit/MlFit.js";
export type { ModelToFit } from "./fit/ModelToFit.js";
export type { MlFitOptions } from "./fit/mlEngine.js";
export { mlReport, splitNotes } from "./fit/mlReport.js";
export type { CompleteFitOptions, NutsFitOptions } from "./fit/nutsOptions.js";
export type { Plugin, PluginInput } from "./fit/Plugin.js";
export { type PreparedModel, prepareModel } from "./fit/prepare.js";
export type { PriorConflict } from "./fit/priorConflict.js";
export type { ReportContext } from "./fit/ReportContext.js";
export type { Quality } from "./fit/rounds.js";
export { savedModel } from "./fit/savedModel.js";
export { withLevel } from "./fit/withLevel.js";
export { KernelError } from "./kernel/KernelError.js";
export type { ModelAst } from "./language/ast.js";
export { type Additions, type FamilyArguments, type ModelBuilder, model, quoteName } from "./language/builder.js";
export { glmm, type RawText, type TemplateValue } from "./language/glmm.js";
export { ModelError, type Problem, place, placeName, renderProblem } from "./language/ModelError.js";
export { parseModel } from "./language/parser.js";
export { modelText, printExpression, printModel, printResponse } from "./language/printer.js";
export { createStream } from "./math/random/createStream.js";
export type { RandomStream } from "./math/random/RandomStream.js";
export type { StageProgress } from "./math/steps.js";
export { optionSchemas } from "./optionSchemas.js";
export { dispose } from "./parallel/openExecutor.js";
export { PluginError, type PluginErrorCode } from "./plugin/PluginError.js";
export type { Criteria } from "./posterior/Criteria.js";
export { evaluateMarginal } from "./posterior/densityMarginals.js";
export type { PluginRecord, WithPlugins } from "./posterior/PluginRecord.js";
export type {
  ApproximationRecord,
  ChainMoments,
  ChainRecord,
  DensityMarginal,
  DrawsMarginal,
  EngineRecord,
  Guard,
  Marginal,
  ModeRecord,
  MomentsMarginal,
  Posterior,
  Quantity,
  RandomEffect,
} from "./posterior/Posterior.js";
export { posteriorFromChains } from "./posterior/posteriorFromChains.js";
export { drawsOf, findQuantity } from "./posterior/quantities.js";
export { ResultError } from "./posterior/ResultError.js";
export { checkPrediction } from "./predict/askedRows.js";
export { completePredictOptions, type PredictOptions } from "./predict/options.js";
export { completePopulationOptions, type PopulationOptions } from "./predict/population/options.js";
export { checkPopulation, population } from "./predict/population/population.js";
export { predict } from "./predict/predict.js";
export { checkPredictDraws, predictDraws } from "./predict/predictDraws.js";
export type { PriorDistribution, PriorParameter, Univariate } from "./prior/Prior.js";
export { definePrior, priors } from "./prior/priors.js";
export { type UnivariateParts, univariate } from "./prior/univariate.js";
export { drawsCsv, hasDraws } from "./report/drawsCsv.js";
export type { FitReport } from "./report/FitReport.js";
export { type JsonDocument, jsonDocument } from "./report/jsonDocument.js";
export type { ReportOptions, Style } from "./report/layout.js";
export type { MlReport } from "./report/MlReport.js";
export { type MlJsonDocument, mlJsonDocument } from "./report/mlJsonDocument.js";
export { mlTextReport } from "./report/mlTextReport.js";
export { textReport } from "./report/textReport.js";
export { type AskedOfPosterior, checkAsked } from "./sensitivity/checkAsked.js";
export {
  completeSensitivityOptions,
  completeTippingOptions,
  completeVaryOptions,
  type SensitivityOptions,
  type TippingOptions,
  type VaryOptions,
} from "./sensitivity/options.js";
export { SensitivityError } from "./sensitivity/SensitivityError.js";
export { sensitivity } from "./sensitivity/sensitivity.js";
export { tippingPoints } from "./sensitivity/tippingPoints.js";
export { varyPriors } from "./sensitivity/varyPriors.js";
export type { SimulateModelOptions, SimulateOptions } from "./simulate/options.js";
export type { Replicate } from "./simulate/replicates/Replicate.js";
export { SimulationError } from "./simulate/SimulationError.js";
export { prepareSbc, type SbcOptions, sbc } from "./simulate/sbc/sbc.js";
export { checkSimulation, simulate } from "./simulate/simulate.js";
export { simulateModel } from "./simulate/simulateModel.js";
export { simulationSummary } from "./simulate/simulationSummary.js";
export type { StatedParameters } from "./simulate/statedValues.js";
export type { Json } from "./store/jsonData.js";
export type { LoadOptions } from "./store/rebuilt.js";
export { fromJSON, type SavedResult, toJSON } from "./store/saved.js";
export { fitFromJSON, fitToJSON, type SavedFit } from "./store/savedFit.js";
export type { EngineComparison } from "./summary/Agreement.js";
export type { Loo, LooComparison } from "./summary/CrossValidation.js";
export type { Contrasts, HypothesisTests, Means, Slopes } from "./summary/Estimands.js";
export type { BayesFactor, EvidenceComparison } from "./summary/Evidence.js";
export type { Influence } from "./summary/Influence.js";
export type { Population } from "./summary/Population.js";
export type { Prediction, RowDraws } from "./summary/Prediction.js";
export type { PredictiveCheck } from "./summary/PredictiveCheck.js";
export type { PriorVariation } from "./summary/PriorVariation.js";
export type { QuantileResiduals } from "./summary/Residuals.js";
export type { SbcResult } from "./summary/SbcResult.js";
export type { Sensitivity } from "./summary/Sensitivity.js";
export type { Simulation, SimulationSummary } from "./summary/Simulation.js";
export type { Solutions } from "./summary/Solutions.js";
export type { Summary, SummaryRow } from "./summary/Summary.js";
export { summarise } from "./summary/summarise.js";
export type { TippingPoints } from "./summary/TippingPoints.js";
export type * from "./types.js";
export { version } from "./version.js";
