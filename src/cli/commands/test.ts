import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import { digitsOption, fitArgument, fitSourceOptions } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { TestFlags } from "../test.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that tests have no use for. */
const leftOut: readonly string[] = ["criteria", "lincomb"];

export const addTest: AddCommand = (program, { terminal, plugins, done }) => {
  const own = schemaOptions({ test: optionSchemas.test }, []);
  const command = program
    .command("test")
    .argument("[fit]", fitArgument())
    .argument(
      "[hypotheses...]",
      'equations and inequalities of parameters, as in "beta[a] - 2 * beta[b] = 0" or "sd[g, Intercept] > 0.5"',
    );
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .addOption(digitsOption())
    .option("--json", "print one JSON document instead of the table")
    .description(
      "hypotheses about the parameters of a fit: how probable they are, or what Wald's or the likelihood-ratio test says",
    )
    .action(async (fit: string | undefined, hypotheses: readonly string[], flags: TestFlags, given: Command) => {
      const { testCommand } = await import("../test.js");
      const all = fit === undefined ? hypotheses : [fit, ...hypotheses];
      done(await testCommand(all, { ...flags, plugins }, given, terminal));
    });
};
