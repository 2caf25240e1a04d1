import type { Table } from "../../data/Table.js";
import { type TableInput, toTable } from "../../data/toTable.js";
import type { Warning } from "../../diagnostics/warnings.js";
import type { ChainProgress } from "../../engine/hmc/chain.js";
import { inlaEngine, laplaceEngine } from "../../fit/approximationEngines.js";
import { fitBy } from "../../fit/fit.js";
import type { Fit } from "../../fit/fitted.js";
import { asForeseen } from "../../fit/foreseen.js";
import { withPlugins } from "../../fit/loadPlugin.js";
import { type PreparedModel, prepareSteps } from "../../fit/prepare.js";
import { inThisThread } from "../../fit/thisThread.js";
import type { ModelAst } from "../../language/ast.js";
import { modelText } from "../../language/printer.js";
import { mapSteps, runSteps, type StageProgress, throwIfAborted } from "../../math/steps.js";
import { pluginsOf } from "../../posterior/PluginRecord.js";
import type { EngineEvidence, EvidenceComparison, EvidenceFit, EvidenceModel } from "../../summary/Evidence.js";
import { groupsOf } from "../engines/modelFacts.js";
import type { Label } from "../models/Comparison.js";
import { onCommonRows } from "../models/commonRows.js";
import { relabelled } from "../models/relabelled.js";
import { approximationOf, checkFactorExists, factorOf } from "./bayesFactor.js";
import {
  type CompareEvidenceOptions,
  type CompleteEvidenceOptions,
  completeCompareEvidenceOptions,
} from "./evidenceOptions.js";
import { evidenceWarnings } from "./evidenceWarnings.js";

/**
 * Two models of the same data by their marginal likelihoods: the Bayes factor of A against B by each engine asked for.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ComparisonError where the models are not of
 * the same rows and response or their priors leave no Bayes factor (before anything is fitted), and what the first engine throws where none has
 * a result for both. An engine that has none is left out, with a warning, where another has.
 */
export async function compareEvidence(
  modelA: ModelAst | string,
  modelB: ModelAst | string,
  data: TableInput,
  options: CompareEvidenceOptions = {},
): Promise<EvidenceComparison> {
  const complete = completeCompareEvidenceOptions(await withPlugins(options));
  throwIfAborted(complete.signal);
  const whole = toTable(data);
  const prepared = (rows: Table) => {
    const steps = (model: ModelAst | string) => prepareSteps(model, rows, complete.shared, (problem) => problem);
    return runSteps(mapSteps([modelA, modelB], steps), inThisThread({ signal: complete.signal }));
  };
  const [wholeA, wholeB] = await prepared(whole);
  const common = complete.commonRows ? onCommonRows(wholeA.design, wholeB.design, whole) : null;
  const table = common?.table ?? whole;
  const [a, b] = common === null ? [wholeA, wholeB] : await prepared(table);
  checkFactorExists(a, b, complete.defaultPriors);
  const results: EngineEvidence[] = [];
  const failed: { readonly engine: string; readonly error: Error }[] = [];
  for (const engine of complete.engines) {
    const fitAs = (label: Label, model: PreparedModel) => evidenceBy(engine, label, model, table, complete);
    try {
      results.push(evidenceOf(engine, [await fitAs("A", a), await fitAs("B", b)]));
    } catch (error) {
      throwIfAborted(complete.signal);
      failed.push({ engine, error: asForeseen(engine, a.design, error) });
    }
  }
  if (results.length === 0) throw failed[0].error;
  const groups = new Map([a, b].flatMap(({ design }) => groupsOf(design).map((group) => [group.name, group])));
  return {
    observations: a.design.rows,
    droppedRows: a.design.droppedRows.length,
    ...pluginsOf(a),
    groups: [...groups.values()],
    models: [modelOf("A", a), modelOf("B", b)],
    engines: results,
    notes: common === null ? [] : [common.note],
    warnings: [...failed.map(failureWarning), ...evidenceWarnings([a, b], results)],
  };
}

/** Throws the engine's error, with the model that it is about. */
async function evidenceBy(
  engine: string,
  label: Label,
  { ast, design }: PreparedModel,
  table: Table,
  { shared, seed, signal, onProgress }: CompleteEvidenceOptions,
): Promise<EvidenceFit> {
  try {
    const tell = (progress: StageProgress | ChainProgress) => {
      if ("stage" in progress) onProgress?.(progress, label);
    };
    const options = { ...shared, signal, seed, onProgress: tell };
    return fitOf(
      label,
      engine === "laplace"
        ? await fitBy(laplaceEngine, ast, table, options)
        : await fitBy(inlaEngine, ast, table, options),
    );
  } catch (error) {
    throwIfAborted(signal);
    throw relabelled(label, asForeseen(engine, design, error));
  }
}

function failureWarning({ engine, error }: { readonly engine: string; readonly error: Error }): Warning {
  return {
    code: "no-result",
    message: `${engine} has no result: ${error.message}`,
    advice: "the other engines are complete",
  };
}

function evidenceOf(engine: string, fits: EngineEvidence["fits"]): EngineEvidence {
  const [ofA, ofB] = [fits[0].approximation, fits[1].approximation];
  return { engine, fits, bayesFactor: ofA.guard.isTrusted && ofB.guard.isTrusted ? factorOf(ofA, ofB) : null };
}

function fitOf(label: Label, fit: Fit): EvidenceFit {
  return {
    label,
    parameters: fit.summary().parameters,
    approximation: approximationOf(fit),
    seconds: fit.seconds.compile + fit.seconds.sampling,
  };
}

function modelOf(label: Label, { ast, design, compiled }: PreparedModel): EvidenceModel {
  return {
    label,
    text: modelText(ast),
    family: design.response.family,
    priors: compiled.priors.map(({ name, distribution, truncatedTo, origin }) => ({
      name,
      distribution,
      truncatedTo,
      origin,
    })),
  };
}
