import type { Command } from "commander";
import { type ContrastsOptions, completeContrastsOptions, contrasts, optionSchemas } from "../index.js";
import { contrastsJsonDocument } from "../report/contrastsJsonDocument.js";
import { contrastsTextReport } from "../report/contrastsTextReport.js";
import { type EstimandFlags, estimandCommand } from "./estimand.js";
import type { ExitCode, Terminal } from "./Terminal.js";

export type ContrastFlags = EstimandFlags & Omit<ContrastsOptions, "signal" | "onProgress">;

/** `marginalia contrast`: contrasts of the estimated marginal means of a fit, or of a model once it is fitted. */
export function contrastCommand(
  path: string | undefined,
  flags: ContrastFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { of, by, at, weights, average, effects, scale, level, ...others } = flags;
  const { contrast, reference, interaction, as, adjust, rope, ...fitting } = others;
  const grid = { of, by, at, weights, average, effects, scale, level };
  const own: ContrastsOptions = { ...grid, contrast, reference, interaction, as, adjust, rope };
  completeContrastsOptions(own); // before a large file is read
  return estimandCommand(path, fitting, command, terminal, {
    name: "contrast",
    ownOptions: Object.keys(optionSchemas.contrasts),
    question: { contrasts: own },
    compute: (fit, running) => contrasts(fit, { ...own, ...running }),
    text: contrastsTextReport,
    json: contrastsJsonDocument,
  });
}
