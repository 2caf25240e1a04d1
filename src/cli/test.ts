import type { Command } from "commander";
import { completeTestOptions, optionSchemas, type TestOptions, testHypotheses } from "../index.js";
import { testJsonDocument } from "../report/testJsonDocument.js";
import { testTextReport } from "../report/testTextReport.js";
import { type EstimandFlags, estimandCommand } from "./estimand.js";
import { type ExitCode, type Terminal, UsageError } from "./Terminal.js";

export type TestFlags = EstimandFlags & Omit<TestOptions, "signal" | "onProgress">;

/** `marginalia test`: hypotheses about the parameters of a fit, or of a model once it is fitted. */
export function testCommand(
  given: readonly string[],
  flags: TestFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { joint, by, rope, level, ...fitting } = flags;
  const own: TestOptions = { joint, by, rope, level };
  completeTestOptions(own); // before a large file is read
  const [path, hypotheses] = flags.formula === undefined ? [given.at(0), given.slice(1)] : [undefined, given];
  if (hypotheses.length === 0)
    throw new UsageError('no hypothesis is given\n  after the fit, in quotes, as in "beta[x] = 0"');
  return estimandCommand(path, fitting, command, terminal, {
    name: "test",
    ownOptions: Object.keys(optionSchemas.test),
    question: { hypotheses, test: own },
    compute: (fit, running) => testHypotheses(fit, hypotheses, { ...own, ...running }),
    text: testTextReport,
    json: testJsonDocument,
  });
}
