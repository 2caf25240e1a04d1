// The types that signatures of the public surface mention besides those that index.ts exports by themselves.

export type { ArgumentFacts } from "./argument/ArgumentError.js";
export type { EngineOptions, SamplingOptions } from "./compare/engines/engines.js";
export type { CompleteCompareEnginesOptions } from "./compare/engines/enginesOptions.js";
export type { BayesFactorOptions } from "./compare/evidence/bayesFactor.js";
export type { CompleteEvidenceOptions } from "./compare/evidence/evidenceOptions.js";
export type { Label, Relation } from "./compare/models/Comparison.js";
export type { LikelihoodRatioTest } from "./compare/models/likelihoodRatio.js";
export type { Restriction } from "./compare/models/Restriction.js";
export type { DataPlace } from "./data/DataError.js";
export type { ParseOptions } from "./data/parseTable.js";
export type {
  DateColumn,
  Doubt,
  LevelledCells,
  NumberColumn,
  NumericLabel,
  StrayCell,
  TableSource,
  TextColumn,
  UnusableColumn,
} from "./data/Table.js";
export type { TableFacts } from "./data/tableFacts.js";
export type { TextSource } from "./data/textRecords.js";
export type { CompiledDensity, LikelihoodBackend } from "./density/CompiledModel.js";
export type { Parametrization } from "./density/jointDensity.js";
export type {
  ConditionalResponse,
  CrossProducts,
  EffectOfFactor,
  EffectsBlocks,
  FactorPair,
  HeldTerm,
  Interval,
  LatentFactor,
  LatentSupports,
  ParameterKind,
  ScalarKind,
} from "./density/LatentGaussian.js";
export type { LatentValues } from "./density/LatentValues.js";
export type { Quantities, RandomEffectName } from "./density/LogDensity.js";
export type { FactorIntegral, FactorIntegralOf, LevelIntegrals, NodeLayout } from "./density/NodeLayout.js";
export type { ParameterPrior, ParameterPriors } from "./density/parameterPriors.js";
export type { PearsonChiSquare } from "./density/pearson.js";
export type { PriorAtDraws, ReadDraws } from "./density/priorsAtDraws.js";
export type { RowPredictors, RowProbabilities, RowRange, RowTable } from "./density/RowTable.js";
export type {
  CorrelationPrior,
  ModelPriors,
  PredictorPriors,
  ScalarPrior,
  StatedPrior,
  TermPriors,
} from "./density/resolvePriors.js";
export type { DrawnFactor, DrawnRows, RowsAtDraws } from "./density/rowsAtDraws.js";
export type { StatedValues } from "./density/simulatePrior.js";
export type { EffectsRecoding } from "./density/TermRecoding.js";
export type { GaussianReference, GaussianSite, TransportReference } from "./density/TransportReference.js";
export type { TransportedDensity } from "./density/transportedDensity.js";
export type { DesignOptions, DesignResult } from "./design/buildDesign.js";
export type {
  Censoring,
  DependentColumn,
  FixedTerm,
  GroupingFactor,
  HeldCovariance,
  HeldParameter,
  PredictorDesign,
  RandomTerm,
  ResponseDesign,
  ScalarDesign,
  Separation,
  Truncation,
} from "./design/Design.js";
export type { DesignRecipe, FactorCode, Moments } from "./design/DesignRecipe.js";
export type { FamilySignature, ScalarSupport, SlotSignature } from "./design/FamilySignature.js";
export type { FactorValue } from "./design/Value.js";
export type { DiagnosedQuantity } from "./diagnostics/warnings.js";
export type { ExecutorProblem, WorkContext, WorkListener } from "./engine/Executor.js";
export type { ChainCommand, Clock, Resumption } from "./engine/hmc/chain.js";
export type { InlaOptions } from "./engine/inla/options.js";
export type { LaplaceOptions } from "./engine/laplace/options.js";
export type { BootstrapRecord, Convergence, MlNote, ParameterEstimate, TermTest } from "./engine/ml/Estimates.js";
export type { OptionFacts, ValueOf } from "./engine/OptionSchema.js";
export type { OptionProblemCode } from "./engine/OptionsError.js";
export type { Argument, OptionType } from "./engine/optionTypes.js";
export type { CompleteContrastsOptions } from "./estimands/contrastsOptions.js";
export type { GivenLevels } from "./estimands/givenLevels.js";
export type { CompleteMeansOptions } from "./estimands/options.js";
export type { CompleteSlopesOptions } from "./estimands/slopesOptions.js";
export type { CompleteSolveOptions, RangeInput } from "./estimands/solve/options.js";
export type { CompleteTestOptions } from "./estimands/testOptions.js";
export type { ExportFile } from "./export/ExportFile.js";
export type { CompleteExportOptions } from "./export/options.js";
export type {
  Auxiliary,
  AuxiliarySlot,
  CumulativeProbability,
  FamilyKernel,
  FamilySlot,
  ParameterSupport,
  RatioName,
  Remainder,
  RowDerivatives,
  RowLikelihood,
  RowTails,
  StanRow,
} from "./family/Family.js";
export type { Link } from "./family/Link.js";
export type { DispersionCheck } from "./fit/dispersion.js";
export type { BuiltInEngine } from "./fit/engines.js";
export type { FitsByEngine } from "./fit/fit.js";
export type { ApproximateFit } from "./fit/fitted.js";
export type { ModelOptions } from "./fit/modelOptions.js";
export type { NotEstimable } from "./fit/notEstimable.js";
export type { Note } from "./fit/prepare.js";
export type { CovariatePatterns } from "./kernel/covariatePatterns.js";
export type { FactorKernel, FactorKernelLoading, StandardNodes, WantedOfFactor } from "./kernel/FactorKernel.js";
export type { KernelFactor, KernelModel } from "./kernel/KernelModel.js";
export type {
  Coupling,
  DenseReference,
  EffectsModel,
  FactorReference,
  GenerationReference,
  Shape,
  SpectralReference,
  StageReference,
  TreeReference,
} from "./kernel/map/EffectsModel.js";
export type {
  Binary,
  Call,
  Expression,
  FamilyArgument,
  LogicalOperator,
  ModelSource,
  Name,
  NumberLiteral,
  PredictorStatement,
  PriorStatement,
  PriorTarget,
  RandomEffects,
  ResponseStatement,
  Span,
  StringLiteral,
  Unary,
} from "./language/ast.js";
export type { FormulaOptions } from "./language/formulaModel.js";
export type { ImportanceEstimate } from "./marginal/effects/importanceSampling.js";
export type { ConditionalEffects } from "./marginal/likelihoods/MarginalLikelihood.js";
export type { JetDerivatives } from "./math/jets.js";
export type { PolynomialRecurrence, PolynomialStep } from "./math/linalg/orthonormalPolynomials.js";
export type { ChiSquareMixture } from "./math/special/chiSquareMixture.js";
export type { Part, Stage, Steps } from "./math/steps.js";
export type { DensityKnots } from "./math/tabulatedDensity.js";
export type { ChainFailure } from "./parallel/runChains.js";
export type {
  DevianceCriterion,
  IntegralTransforms,
  PredictiveOrdinates,
  WidelyApplicableCriterion,
} from "./posterior/Criteria.js";
export type { ChainDraws, ChainEnd, EffectsMoments, QuantityNames } from "./posterior/posteriorFromChains.js";
export type { Ensemble } from "./predict/Ensemble.js";
export type { EffectWeights } from "./predict/effectsOfEstimates.js";
export type { SdScale } from "./prior/ofSd.js";
export type { CovarianceReport, DataReport, SamplingReport, Seconds } from "./report/FitReport.js";
export type { JsonCriteria } from "./report/jsonCriteria.js";
export type { JsonEffectRow, JsonRow } from "./report/jsonDocument.js";
export type { JsonNumber } from "./report/jsonNumbers.js";
export type {
  BootstrapReport,
  EstimateRow,
  ImportanceReport,
  LikelihoodReport,
  ModeRow,
  NotEstimableRow,
  TermRow,
} from "./report/MlReport.js";
export type { JsonBootstrap, JsonCovariance, JsonEstimate, JsonTerm } from "./report/mlJsonDocument.js";
export type { RatioRow, Ratios } from "./report/Ratios.js";
export type { ResponseCategories } from "./report/ResponseCategories.js";
export type { AskedEstimand } from "./sensitivity/AskedEstimand.js";
export type { AskedQuantity, QuantityFunction } from "./sensitivity/options.js";
export type { SbcSchemaOptions } from "./simulate/sbc/options.js";
export type {
  Cause,
  EffectsAgreement,
  EngineAgreement,
  EngineColumn,
  EngineEstimate,
  ModelFacts,
  OutsideJudgement,
  OutsidePlace,
  OutsideStanding,
  ParameterAgreement,
  RefusedEngine,
} from "./summary/Agreement.js";
export type { ComparedLoo, LooEstimate, LooPointwise, UnitMethod, Waic } from "./summary/CrossValidation.js";
export type {
  ContrastRow,
  EffectNumbers,
  EstimandNumbers,
  EstimandSetting,
  HeldVariable,
  HypothesisRow,
  JointTest,
  Level,
  LevelsByName,
  MeanRow,
  SlopeRow,
} from "./summary/Estimands.js";
export type { Estimate } from "./summary/Estimate.js";
export type { EngineEvidence, EvidenceFit, EvidenceModel, PriorFacts } from "./summary/Evidence.js";
export type {
  Attenuation,
  PopulationCoefficient,
  PopulationGroup,
  R2,
  ResponseMeans,
  VariancePart,
} from "./summary/Population.js";
export type { EffectsChoice, PredictedColumn, PredictedQuantity, PredictionScale } from "./summary/Prediction.js";
export type { Calibration, Frequencies, TestStatistic } from "./summary/PredictiveCheck.js";
export type { LargestChange, Variant, VariedPosterior } from "./summary/PriorVariation.js";
export type { ResidualTest } from "./summary/Residuals.js";
export type {
  EffectPower,
  IntervalCoverage,
  QuantityRanks,
  RankTest,
  SbcFailure,
  SbcQuantity,
} from "./summary/SbcResult.js";
export type {
  HyperparameterSensitivity,
  QuantitySensitivity,
  ScaledComponent,
  SensitivityVerdict,
} from "./summary/Sensitivity.js";
export type { SimulatedReference } from "./summary/SimulatedReference.js";
export type {
  PlausibleShares,
  SimulatedEffects,
  SimulatedParameters,
  SimulatedStatistic,
} from "./summary/Simulation.js";
export type { Solution, SolutionDifference, SolutionDraws } from "./summary/Solutions.js";
export type { RandomEffectRow } from "./summary/Summary.js";
export type { SummaryOptions } from "./summary/summarise.js";
export type { StatementTipping, TippingPoint } from "./summary/TippingPoints.js";
export type { Transform } from "./transform/Transform.js";
