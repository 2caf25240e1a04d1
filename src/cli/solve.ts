import type { Command } from "commander";
import { completeSolveOptions, optionSchemas, type SolveOptions, solve } from "../index.js";
import { solveJsonDocument } from "../report/solveJsonDocument.js";
import { solveTextReport } from "../report/solveTextReport.js";
import { type EstimandFlags, estimandCommand } from "./estimand.js";
import type { ExitCode, Terminal } from "./Terminal.js";

export type SolveFlags = EstimandFlags & Omit<SolveOptions, "signal" | "onProgress">;

/** `marginalia solve`: where a mean of a fit, or of a model once it is fitted, takes a value. */
export function solveCommand(
  path: string | undefined,
  flags: SolveFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { for: variable, target, quantity, range, by, at, weights, average, effects, scale, level, ...fitting } = flags;
  const own: SolveOptions = { for: variable, target, quantity, range, by, at, weights, average, effects, scale, level };
  completeSolveOptions(own); // before a large file is read
  return estimandCommand(path, fitting, command, terminal, {
    name: "solve",
    ownOptions: Object.keys(optionSchemas.solve),
    question: { solve: own },
    compute: (fit, running) => solve(fit, { ...own, ...running }),
    text: solveTextReport,
    json: solveJsonDocument,
  });
}
