import { checkArgument } from "../argument/checkArgument.js";
import { aFit, aModelToFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { modelText } from "../language/printer.js";
import { type StepsContext, throwIfAborted } from "../math/steps.js";
import { arvizGroups } from "./arvizGroups.js";
import { arvizJson } from "./arvizJson.js";
import { augmentTable } from "./augmentTable.js";
import { drawsTable } from "./drawsTable.js";
import { ExportError } from "./ExportError.js";
import type { ExportFile } from "./ExportFile.js";
import { exportedDraws } from "./exportedDraws.js";
import { type ExportFormat, folderFormats } from "./formats.js";
import { glanceTable } from "./glanceTable.js";
import { netcdf } from "./netcdf.js";
import { type CompleteExportOptions, completeExportOptions, type ExportOptions } from "./options.js";
import { parquet } from "./parquet.js";
import { refuseImproperPriors } from "./predictiveGroups.js";
import { stanCsv } from "./stan/stanCsv.js";
import { stanData } from "./stan/stanData.js";
import { stanProgram } from "./stan/stanProgram.js";
import { tidyTable } from "./tidyTable.js";

/** An export: its files, and what the reader must know of them. */
export interface FitExport {
  readonly to: ExportFormat;
  readonly files: readonly ExportFile[];
  /** Whether the format is of several files, which belong in a folder. */
  readonly isFolder: boolean;
  /** What was done to the draws, a sentence each; empty where they are as they were. */
  readonly notes: readonly string[];
}

/**
 * A fit in a format of other programs, as files whose pieces are made while they are read, with pauses for other work. Maximum likelihood has tables only.
 * Throws OptionsError for options, ExportError for a fit that the format cannot take; reading the pieces throws the signal's reason once it is aborted.
 */
export function exportFit(fit: Fit | MlFit, to: ExportFormat, options: ExportOptions = {}): FitExport {
  checkArgument(aFit, fit, "exportFit", "fit");
  const complete = completeExportOptions(to, options);
  const made = makers[to](fit, complete);
  const context = inThisThread(complete);
  return {
    to,
    ...made,
    isFolder: folderFormats.includes(to),
    files: made.files.map((file) => ({ ...file, pieces: paced(file.pieces, context) })),
  };
}

type Made = Pick<FitExport, "files" | "notes">;

/** What makes the files of each format. */
const makers: Readonly<Record<ExportFormat, (fit: Fit | MlFit, options: CompleteExportOptions) => Made>> = {
  csv(fit, { seed }) {
    const { posterior } = withDraws(fit, "csv");
    const drawn = exportedDraws(posterior, seed);
    return single("draws.csv", drawsTable(posterior, drawn), drawn.notes);
  },
  tidy: (fit) => single("tidy.csv", tidyTable(fit)),
  glance: (fit) => single("glance.csv", glanceTable(fit)),
  augment: (fit, { signal }) => single("augment.csv", augmentTable(fit, signal)),
  "arviz-json"(fit, options) {
    const { groups, attributes, notes } = arvizGroups(withDraws(fit, "arviz-json"), options);
    return single("fit.json", arvizJson({ groups, attributes }), notes);
  },
  netcdf(fit, options) {
    const { groups, attributes, notes } = arvizGroups(withDraws(fit, "netcdf"), options);
    return single("fit.nc", netcdf({ groups, attributes }), notes);
  },
  "stan-csv"(fit, { seed }) {
    const own = withDraws(fit, "stan-csv");
    const drawn = exportedDraws(own.posterior, seed);
    const chains = Array.from({ length: drawn.chains }, (_, chain) => chain);
    const files = chains.map((chain) => ({ name: `chain_${chain + 1}.csv`, pieces: stanCsv(own, drawn, chain) }));
    return { files, notes: drawn.notes };
  },
  stan(fit) {
    const data = `${JSON.stringify(stanData(fit))}\n`;
    const files = [
      { name: "model.stan", pieces: [stanProgram(fit)] },
      { name: "data.json", pieces: [data] },
    ];
    return { files, notes: [] };
  },
  parquet(fit, { seed }) {
    const own = withDraws(fit, "parquet");
    const drawn = exportedDraws(own.posterior, seed);
    const facts = { model: modelText(own.ast), engine: own.engine, data: own.data.name };
    return single("draws.parquet", parquet(own.posterior, drawn, facts), drawn.notes);
  },
};

function single(name: string, pieces: ExportFile["pieces"], notes: readonly string[] = []): Made {
  return { files: [{ name, pieces }], notes };
}

/** Formats that are made of draws. */
const ofDraws: readonly ExportFormat[] = ["csv", "arviz-json", "netcdf", "stan-csv", "parquet"];

/** Before a model is fitted: whether a fit of it can be written so. Throws OptionsError for options, ExportError as `exportFit` does once it is fitted. */
export async function checkExport(model: ModelToFit, to: ExportFormat, options: ExportOptions = {}): Promise<void> {
  checkArgument(aModelToFit, model, "checkExport", "model");
  const { include = [] } = completeExportOptions(to, options);
  if (model.engine === "ml" && ofDraws.includes(to)) throw withoutDraws(to);
  if (to === "stan") stanProgram(model);
  if (include.includes("prior")) refuseImproperPriors(model);
}

function withDraws(fit: Fit | MlFit, to: ExportFormat): Fit {
  if ("ml" in fit) throw withoutDraws(to);
  return fit;
}

function withoutDraws(to: ExportFormat): ExportError {
  return new ExportError(
    "no-draws",
    `maximum likelihood has no draws, which ${to} is made of`,
    "take tidy, glance or augment, or fit with nuts, laplace or inla",
  );
}

/** Milliseconds of work after which other work has its turn, and between two calls of `onProgress`. */
const TURN = 20;
const BETWEEN_REPORTS = 100;

/** The pieces, with a turn for other work now and then. */
async function* paced(
  pieces: ExportFile["pieces"],
  { now, giveWay, signal, onProgress }: StepsContext,
): AsyncGenerator<string | Uint8Array, void> {
  let [turnStart, lastReport, done] = [now(), Number.NEGATIVE_INFINITY, 0];
  throwIfAborted(signal);
  for await (const piece of pieces) {
    throwIfAborted(signal);
    yield piece;
    done++;
    const time = now();
    if (time - lastReport >= BETWEEN_REPORTS) {
      lastReport = time;
      onProgress?.({ stage: "writing", done, total: null });
    }
    if (time - turnStart < TURN) continue;
    await giveWay();
    turnStart = now();
  }
}
