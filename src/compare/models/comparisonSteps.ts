import { type TableInput, toTable } from "../../data/toTable.js";
import { methodFor } from "../../engine/ml/methodFor.js";
import type { MlOptions } from "../../engine/ml/options.js";
import type { MlProgress } from "../../engine/ml/progress.js";
import type { MlFit } from "../../fit/MlFit.js";
import type { PreparedModel } from "../../fit/prepare.js";
import { maximise, type PreparedForMl, prepareForMl } from "../../fit/runMl.js";
import type { ModelAst } from "../../language/ast.js";
import { modelText } from "../../language/printer.js";
import type { Steps } from "../../math/steps.js";
import { pluginsOf } from "../../posterior/PluginRecord.js";
import { ComparisonError } from "../ComparisonError.js";
import { alikeNotes, alikeOptions, hasSameColumns } from "./alike.js";
import type { ComparedModel, Comparison, Label, Relation } from "./Comparison.js";
import { checkReference } from "./checkReference.js";
import { onCommonRows } from "./commonRows.js";
import { inclusion } from "./inclusion.js";
import { type LikelihoodRatioTest, likelihoodRatioTest } from "./likelihoodRatio.js";
import { type ModelSpace, modelSpace } from "./ModelSpace.js";
import type { CompareOptions } from "./options.js";
import { overdispersionNotes } from "./overdispersion.js";
import { relabelled } from "./relabelled.js";
import { checkSameData } from "./sameData.js";
import type { Known } from "./testedVariance.js";
import { comparisonWarnings } from "./warnings.js";

/** A comparison with the fits that it is of. */
export interface ComparisonOfFits {
  readonly comparison: Comparison;
  /** In the order in which the models were given. */
  readonly fits: readonly [MlFit, MlFit];
}

/** Fits two models and lays them side by side: the work of `compare`. */
export function* comparison(
  modelA: ModelAst | string,
  modelB: ModelAst | string,
  data: TableInput,
  options: CompareOptions,
  ml: MlOptions,
): Steps<ComparisonOfFits> {
  const whole = toTable(data);
  const wholeA = yield* labelled("A", prepareForMl(modelA, whole, options));
  yield;
  const wholeB = yield* labelled("B", prepareForMl(modelB, whole, options));
  yield;
  const common = options.commonRows ? onCommonRows(wholeA.prepared.design, wholeB.prepared.design, whole) : null;
  const onCommon = (label: Label, model: ModelAst | string) =>
    common && labelled(label, prepareForMl(model, common.table, options));
  const [stepsA, stepsB] = [onCommon("A", modelA), onCommon("B", modelB)];
  const [a, b] = [stepsA ? yield* stepsA : wholeA, stepsB ? yield* stepsB : wholeB];
  checkSameData(a.prepared, b.prepared);
  const [spaceA, spaceB] = [spaceOf(a.prepared), spaceOf(b.prepared)];
  const relation = relationOf(spaceA, spaceB);
  const reml = ml.reml && hasSameColumns(spaceA.mean, spaceB.mean);
  const [optionsA, optionsB] = alikeOptions(a, b, { ...ml, reml });
  checkReference(options, relation, [known(a, optionsA), known(b, optionsB)]);
  const { onProgress } = options;
  const fits = [yield* fitted("A", a, optionsA, onProgress), yield* fitted("B", b, optionsB, onProgress)] as const;
  const models = [compared("A", fits[0]), compared("B", fits[1])] as const;
  const test = relation.kind === "nested" ? testOf(models, relation) : null;
  const { rows, droppedRows } = a.prepared.design;
  const comparison: Comparison = {
    observations: rows,
    droppedRows: droppedRows.length,
    ...pluginsOf(a.prepared),
    groups: groupsOf([a, b]),
    models,
    relation,
    test,
    notes: [
      ...(common === null ? [] : [common.note]),
      ...alikeNotes(models, ml),
      ...overdispersionNotes([spaceA, spaceB], relation),
    ],
    warnings: comparisonWarnings([spaceA, spaceB], models, relation, test),
  };
  return { comparison, fits };
}

function spaceOf({ design, compiled }: PreparedModel): ModelSpace {
  return modelSpace(design, compiled.family);
}

function known({ prepared, view }: PreparedForMl, options: MlOptions): Known {
  return { ...prepared, method: methodFor(view, options) };
}

function groupsOf(models: readonly PreparedForMl[]): Comparison["groups"] {
  const factors = models.flatMap(({ prepared }) =>
    prepared.design.predictors.flatMap((predictor) => predictor.factors),
  );
  const levels = new Map(factors.map((factor) => [factor.name, factor.levels.length]));
  return [...levels].map(([name, count]) => ({ name, levels: count }));
}

function relationOf(a: ModelSpace, b: ModelSpace): Relation {
  const [aInB, bInA] = [inclusion(a, b), inclusion(b, a)];
  const [isAInB, isBInA] = [aInB, bInA].map(({ obstacles }) => obstacles.length === 0);
  if (isAInB && isBInA) return { kind: "equivalent" };
  if (isAInB) return { kind: "nested", smaller: "A", restrictions: aInB.restrictions };
  if (isBInA) return { kind: "nested", smaller: "B", restrictions: bInA.restrictions };
  return { kind: "not-nested", differences: { A: aInB.obstacles, B: bInA.obstacles } };
}

function fitted(
  label: Label,
  prepared: PreparedForMl,
  options: MlOptions,
  onProgress: CompareOptions["onProgress"],
): Steps<MlFit> {
  const tell = (progress: MlProgress) => onProgress?.(progress, label);
  return labelled(label, maximise(prepared, options, tell));
}

function compared(label: Label, { ast, design, ml, criteria, problems, seconds }: MlFit): ComparedModel {
  const { logLikelihood } = ml;
  if (logLikelihood === null || criteria === null)
    throw new ComparisonError(`the method "${ml.method}" has no likelihood to compare by`);
  const { family } = design.response;
  return { label, text: textOf(ast), family, ml, logLikelihood, ...criteria, problems, seconds };
}

function textOf(ast: MlFit["ast"]): string {
  return modelText(ast);
}

/** Says which of the two models it is that cannot be fitted. */
function* labelled<T>(label: Label, attempt: Steps<T>): Steps<T> {
  try {
    return yield* attempt;
  } catch (error) {
    throw relabelled(label, error);
  }
}

function testOf(
  [a, b]: Comparison["models"],
  { smaller, restrictions }: Extract<Relation, { kind: "nested" }>,
): LikelihoodRatioTest {
  const gain = smaller === "A" ? b.logLikelihood - a.logLikelihood : a.logLikelihood - b.logLikelihood;
  return likelihoodRatioTest(2 * gain, restrictions);
}
