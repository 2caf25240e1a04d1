import type { Column, Table } from "../data/Table.js";
import type { TableFacts } from "../data/tableFacts.js";
import type { UsedPrior } from "../density/resolvePriors.js";
import type { Estimates } from "../engine/ml/Estimates.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { Note } from "../fit/PreparedModel.js";
import type { ModelAst } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import type { PluginRecord } from "../posterior/PluginRecord.js";
import type { Posterior } from "../posterior/Posterior.js";
import { fingerprintOf } from "./fingerprint.js";

/** A whole fit as plain data: what it was made from and what came out. Its design and density are made from these again. */
export interface FitData {
  readonly engine: string;
  /** As `modelText` has it. */
  readonly model: string;
  readonly ast: ModelAst;
  readonly table: Omit<Table, "columns"> & { readonly columns: readonly (readonly [string, Column])[] };
  readonly data: TableFacts;
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  readonly plugins: readonly PluginRecord[];
  /** The priors as they were used. */
  readonly priors: readonly UsedPrior[];
  /** Of the design: `fingerprintOf`. */
  readonly design: string;
  readonly seconds: Readonly<Record<string, number>>;
  readonly result: PosteriorData | MlData;
}

/** Of an engine that has a posterior. */
export interface PosteriorData {
  readonly kind: "posterior";
  readonly posterior: Posterior;
  /** Probability of the intervals of the summary. */
  readonly level: number;
}

/** Of maximum likelihood. */
export interface MlData extends Pick<MlFit, "notEstimable" | "criteria" | "dispersion" | "options"> {
  readonly kind: "estimates";
  readonly ml: Estimates;
}

/** A fit as plain data. */
export function fitData(fit: Fit | MlFit, model: string): FitData {
  const { ast, table, data, problems, notes, plugins, compiled, design, engine, seconds } = fit;
  return {
    ...{ engine, model, ast, data, problems, notes, plugins, seconds: { ...seconds } },
    table: { ...table, columns: [...table.columns] },
    priors: compiled.priors,
    design: fingerprintOf(design),
    result: "ml" in fit ? estimatesOf(fit) : posteriorOf(fit),
  };
}

function posteriorOf(fit: Fit): PosteriorData {
  return { kind: "posterior", posterior: fit.posterior, level: fit.summary().level };
}

function estimatesOf({ ml, notEstimable, criteria, dispersion, options }: MlFit): MlData {
  return { kind: "estimates", ml, notEstimable, criteria, dispersion, options };
}
