import type { Command } from "commander";
import { completeMeansOptions, type MeansOptions, means, optionSchemas } from "../index.js";
import { meansJsonDocument } from "../report/meansJsonDocument.js";
import { meansTextReport } from "../report/meansTextReport.js";
import { type EstimandFlags, estimandCommand } from "./estimand.js";
import type { ExitCode, Terminal } from "./Terminal.js";

export type MeansFlags = EstimandFlags & Omit<MeansOptions, "signal" | "onProgress">;

/** `marginalia means`: estimated marginal means of a fit, or of a model once it is fitted. */
export function meansCommand(
  path: string | undefined,
  flags: MeansFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { of, by, at, weights, average, effects, scale, level, ...fitting } = flags;
  const own: MeansOptions = { of, by, at, weights, average, effects, scale, level };
  completeMeansOptions(own); // before a large file is read
  return estimandCommand(path, fitting, command, terminal, {
    name: "means",
    ownOptions: Object.keys(optionSchemas.means),
    question: { means: own },
    compute: (fit, running) => means(fit, { ...own, ...running }),
    text: meansTextReport,
    json: meansJsonDocument,
  });
}
