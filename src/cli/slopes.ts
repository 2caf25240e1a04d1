import type { Command } from "commander";
import { completeSlopesOptions, optionSchemas, type SlopesOptions, slopes } from "../index.js";
import { slopesJsonDocument } from "../report/slopesJsonDocument.js";
import { slopesTextReport } from "../report/slopesTextReport.js";
import { type EstimandFlags, estimandCommand } from "./estimand.js";
import type { ExitCode, Terminal } from "./Terminal.js";

export type SlopesFlags = EstimandFlags & Omit<SlopesOptions, "signal" | "onProgress">;

/** `marginalia slopes`: slopes of a fit, or of a model once it is fitted. */
export function slopesCommand(
  path: string | undefined,
  flags: SlopesFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { of, by, at, weights, average, effects, scale, level, rope, ...fitting } = flags;
  const own: SlopesOptions = { of, by, at, weights, average, effects, scale, level, rope };
  completeSlopesOptions(own); // before a large file is read
  return estimandCommand(path, fitting, command, terminal, {
    name: "slopes",
    ownOptions: Object.keys(optionSchemas.slopes),
    question: { slopes: own },
    compute: (fit, running) => slopes(fit, { ...own, ...running }),
    text: slopesTextReport,
    json: slopesJsonDocument,
  });
}
