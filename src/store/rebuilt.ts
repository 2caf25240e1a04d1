import type { Table } from "../data/Table.js";
import type { Fit, InlaFit, LaplaceFit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelOptions } from "../fit/modelOptions.js";
import { isPlugin } from "../fit/Plugin.js";
import { type PreparedModel, prepare } from "../fit/prepare.js";
import { ModelError } from "../language/ModelError.js";
import { runSync } from "../math/steps.js";
import { ResultError } from "../posterior/ResultError.js";
import type { FitData, MlData, PosteriorData } from "./FitData.js";
import { fingerprintOf } from "./fingerprint.js";
import { encode } from "./jsonData.js";

/** What the model of a saved fit may name besides what is built in: the families, priors and plugins of one's own that it was made with. */
export interface LoadOptions extends Pick<ModelOptions, "families" | "priors" | "plugins"> {}

/** The fit that plain data are of: its design and density are made again, and are those that it had. Throws ResultError. */
export async function rebuilt(data: FitData, vocabulary: LoadOptions): Promise<Fit | MlFit> {
  const { result } = data;
  return result.kind === "posterior"
    ? withPosterior(data, result, vocabulary)
    : withEstimates(data, result, vocabulary);
}

async function withPosterior(
  data: FitData,
  { posterior, level }: PosteriorData,
  vocabulary: LoadOptions,
): Promise<Fit | LaplaceFit | InlaFit> {
  const { fitted } = await import("../fit/fitted.js");
  const prepared = preparedAs(data, vocabulary, (table) => prepare(data.ast, table, vocabulary, (problem) => problem));
  const { compile = 0, sampling = 0 } = data.seconds;
  const fit = fitted(prepared, posterior, { compile, sampling }, { level });
  const { record, criteria = null, linearCombinations = [] } = posterior;
  const { approximation } = record;
  if (approximation === undefined) return fit;
  if (data.engine === "laplace") return { ...fit, engine: "laplace", approximation };
  return data.engine === "inla" ? { ...fit, engine: "inla", approximation, criteria, linearCombinations } : fit;
}

async function withEstimates(data: FitData, result: MlData, vocabulary: LoadOptions): Promise<MlFit> {
  const { prepareForMl } = await import("../fit/runMl.js");
  const { kind, ...estimates } = result;
  const options = { ...vocabulary, method: estimates.options.method, penalized: estimates.options.penalized };
  const prepared = preparedAs(data, vocabulary, (table) => runSync(prepareForMl(data.ast, table, options)).prepared);
  const { compile = 0, fit = 0 } = data.seconds;
  return { ...prepared, ...estimates, engine: "ml", seconds: { compile, fit } };
}

/** The model met with its data again, with what was said of both then. */
function preparedAs(data: FitData, given: LoadOptions, prepareFrom: (table: Table) => PreparedModel): PreparedModel {
  const { problems, notes, plugins } = data;
  const table = { ...data.table, columns: new Map(data.table.columns) };
  const prepared = compiledFrom(data, given, () => prepareFrom(table));
  if (fingerprintOf(prepared.design) !== data.design)
    throw different("its data are coded otherwise", "read it with the version of the program that saved it");
  if (JSON.stringify(encode(prepared.compiled.priors)) !== JSON.stringify(encode(data.priors)))
    throw different(
      "its priors are other ones",
      "give the priors and plugins that it was made with, as they were then",
    );
  return { ...prepared, problems, notes, plugins, data: data.data, table };
}

function different(problem: string, hint: string): ResultError {
  return new ResultError("other-model", `the model of the saved fit is not what it was: ${problem}`, hint);
}

function compiledFrom({ plugins }: FitData, given: LoadOptions, prepareIt: () => PreparedModel): PreparedModel {
  try {
    return prepareIt();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const isGiven = (url: string) => (given.plugins ?? []).some((one) => isPlugin(one) && one.url === url);
    const missing = plugins.filter(({ url }) => !isGiven(url)).map(({ name }) => `the plugin ${name}`);
    const hint =
      missing.length > 0
        ? `it was made with ${missing.join(" and ")}: give it by --plugin, or by the option plugins`
        : "give the families and priors of your own that it was made with, by the options families and priors";
    throw new ResultError("other-model", `the model of the saved fit cannot be compiled:\n${error.message}`, hint);
  }
}
