import type { Fit } from "../fit/fitted.js";
import { modelText } from "../language/printer.js";
import type { Json } from "../store/jsonData.js";
import { version } from "../version.js";
import { dataGroups, dataNames, rowsInOrder } from "./dataGroups.js";
import { type ExportedDraws, exportedDraws } from "./exportedDraws.js";
import type { InferenceData } from "./InferenceData.js";
import type { CompleteExportOptions } from "./options.js";
import { posteriorGroup } from "./posteriorGroup.js";
import { likelihoodGroup, predictiveGroup, priorGroups } from "./predictiveGroups.js";
import { sampleStats } from "./sampleStats.js";

/** A fit as ArviZ orders it. Throws ExportError for one without draws, and for groups that it has not. */
export function arvizGroups(
  fit: Fit,
  { include = [], seed }: CompleteExportOptions,
): InferenceData & Pick<ExportedDraws, "notes"> {
  const drawn = exportedDraws(fit.posterior, seed);
  const rows = rowsInOrder(fit.design);
  const own = [posteriorGroup(fit.design, drawn), ...sampleStats(fit.posterior.record, drawn)];
  const nameOf = dataNames(own);
  const response = nameOf(fit.design.response.name);
  return {
    groups: [
      ...own,
      ...(include.includes("log_likelihood") ? [likelihoodGroup(fit, drawn, rows, response)] : []),
      ...(include.includes("posterior_predictive") ? [predictiveGroup(fit, drawn, rows, response, seed)] : []),
      ...(include.includes("prior") ? priorGroups(fit, drawn, rows, response, seed) : []),
      ...dataGroups(fit, rows, nameOf),
    ],
    attributes: attributesOf(fit, drawn),
    notes: drawn.notes,
  };
}

/** What made the draws; the names of the library are those that ArviZ knows. */
function attributesOf(fit: Fit, { notes }: ExportedDraws): Readonly<Record<string, Json>> {
  const { engine, ast, data, seconds, posterior } = fit;
  const { seed } = posterior.record.options;
  const warnings = fit.warnings().map(({ message }) => message);
  return {
    inference_library: "marginalia",
    inference_library_version: version,
    engine,
    ...(typeof seed === "string" || typeof seed === "number" ? { seed: String(seed) } : {}),
    sampling_time: seconds.sampling,
    model: modelText(ast),
    data: data.name,
    ...(data.sha256 === null ? {} : { data_sha256: data.sha256 }),
    ...(notes.length === 0 ? {} : { draws: notes.join("; ") }),
    ...(warnings.length === 0 ? {} : { warnings: warnings.join("; ") }),
  };
}
