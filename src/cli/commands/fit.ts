import type { Command } from "commander";
import { finish } from "../finish.js";
import { type AnyFitFlags, madeFit } from "../fitSource.js";
import { fitOptions, reportOptions } from "../options.js";
import type { AddCommand } from "./AddCommand.js";

export const addFit: AddCommand = (program, { terminal, plugins, done }) => {
  reportOptions(fitOptions(program.command("fit"), plugins))
    .description("sample or approximate the posterior of a model, or maximise its likelihood")
    .option(
      "--out <dir>",
      "write the fit to a folder: result.json, fit.json, model.glmm and, of a posterior, draws.csv",
    )
    .action(async (model: string | undefined, flags: AnyFitFlags, command: Command) =>
      done(await finish(await madeFit(model, { ...flags, plugins }, command, terminal), flags, terminal)),
    );
};
