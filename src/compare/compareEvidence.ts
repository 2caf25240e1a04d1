import type { Table } from "../data/Table.js";
import { type TableInput, toTable } from "../data/toTable.js";
import { fitByInla, fitByLaplace } from "../fit/byApproximation.js";
import type { Fit } from "../fit/fitted.js";
import { type PreparedModel, prepareModel } from "../fit/prepare.js";
import type { ModelAst } from "../language/ast.js";
import { printModel } from "../language/printer.js";
import type { EngineEvidence, EvidenceComparison, EvidenceFit, EvidenceModel } from "../summary/Evidence.js";
import { approximationOf, checkFactorExists, factorOf } from "./bayesFactor.js";
import type { Label } from "./Comparison.js";
import {
  type CompareEvidenceOptions,
  type CompleteEvidenceOptions,
  completeCompareEvidenceOptions,
} from "./evidenceOptions.js";
import { evidenceWarnings } from "./evidenceWarnings.js";
import { relabelled } from "./labelled.js";
import { groupsOf } from "./modelFacts.js";

/**
 * Two models of the same data by their marginal likelihoods: the Bayes factor of A against B by each engine asked for.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ComparisonError where the models are not of
 * the same rows and response or their priors leave no Bayes factor (before anything is fitted), EngineError or ApproximationFailure where
 * an engine does not serve one of them.
 */
export async function compareEvidence(
  modelA: ModelAst | string,
  modelB: ModelAst | string,
  data: TableInput,
  options: CompareEvidenceOptions = {},
): Promise<EvidenceComparison> {
  const complete = completeCompareEvidenceOptions(options);
  const table = toTable(data);
  const [a, b] = [prepareModel(modelA, table, complete.shared), prepareModel(modelB, table, complete.shared)];
  checkFactorExists(a, b, complete.defaultPriors);
  const results = [];
  for (const engine of complete.engines) {
    const fitAs = (label: Label, { ast }: PreparedModel) => fitBy(engine, label, ast, table, complete);
    results.push(evidenceOf(engine, await fitAs("A", a), await fitAs("B", b)));
  }
  const groups = new Map([a, b].flatMap(({ design }) => groupsOf(design).map((group) => [group.name, group])));
  return {
    observations: a.design.rows,
    droppedRows: a.design.droppedRows.length,
    groups: [...groups.values()],
    models: [modelOf("A", a), modelOf("B", b)],
    engines: results,
    warnings: evidenceWarnings([a, b], results),
  };
}

async function fitBy(
  engine: string,
  label: Label,
  model: ModelAst,
  table: Table,
  { shared, seed }: CompleteEvidenceOptions,
): Promise<Fit> {
  try {
    if (engine === "laplace") return await fitByLaplace(model, table, { ...shared, seed, engine });
    return await fitByInla(model, table, { ...shared, seed, engine: "inla" });
  } catch (error) {
    throw relabelled(label, error);
  }
}

function evidenceOf(engine: string, a: Fit, b: Fit): EngineEvidence {
  const fits = [fitOf("A", a), fitOf("B", b)] as const;
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
    text: ast.source?.text.trimEnd() ?? printModel(ast),
    family: design.response.family,
    priors: compiled.priors.map(({ name, distribution, truncatedTo, origin }) => ({
      name,
      distribution,
      truncatedTo,
      origin,
    })),
  };
}
