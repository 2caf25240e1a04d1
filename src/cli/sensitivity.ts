import type { Command } from "commander";
import {
  checkAsked,
  completeSensitivityOptions,
  completeTippingOptions,
  completeVaryOptions,
  type Fit,
  type MlFit,
  type SensitivityOptions,
  sensitivity,
  type TippingOptions,
  type TippingPoints,
  tippingPoints,
  type VaryOptions,
  varyPriors,
} from "../index.js";
import { sensitivityJsonDocument } from "../report/sensitivityJsonDocument.js";
import { type SensitivityReport, sensitivityTextReport, warningsOf } from "../report/sensitivityTextReport.js";
import { askedQuantities } from "./askedQuantities.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { type Watch, watched } from "./watched.js";

/** What a command line gives of the options of `sensitivity`, `varyPriors` and `tippingPoints`, and those of fits. */
export type SensitivityFlags = AnyFitFlags &
  Pick<SensitivityOptions, "threshold" | "powerStep"> &
  Pick<VaryOptions, "workers"> & {
    readonly quantity?: readonly string[];
    readonly vary?: readonly string[];
    readonly refit?: boolean;
    readonly conclusion?: readonly string[];
    readonly range?: number;
  };

const ownOptions: readonly string[] = ["quantity", "threshold", "powerStep", "vary", "refit", "conclusion", "range"];

/** `marginalia sensitivity`: how far priors and the likelihood decide a fit, of a model once it is fitted; posteriors under other priors, and what it would take. */
export async function sensitivityCommand(
  path: string | undefined,
  flags: SensitivityFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { quantity = [], threshold, powerStep, vary = [], refit, conclusion = [], range, ...fitting } = flags;
  const { workers } = flags;
  const quantities = await askedQuantities(quantity, flags);
  const asked: Asked = {
    own: { quantities, threshold, powerStep },
    varied: { quantities, refit, workers },
    vary,
    conclusions: conclusion,
    tipping: { range, workers },
  };
  completeSensitivityOptions(asked.own); // before a large file is read
  completeVaryOptions(asked.varied);
  completeTippingOptions(asked.tipping);
  const { result, read, isInterrupted } = await fitSource(path, fitting, command, terminal, {
    own: ownOptions,
    shared: ["workers"],
    check: (model) => checkAsked(model, { quantities, variations: vary, conclusions: conclusion }),
  });
  if (isInterrupted) return exitCodes.interrupted;
  const label = path ?? flags.formula ?? "model";
  const message = "the priors had not all been weighed; nothing is shown";
  const found = await watched(terminal, "sensitivity", message, (watch) => judged(result, asked, watch));
  const own = "ml" in result ? [] : result.posterior.parameters;
  const others = found.sensitivity.quantities.slice(own.length).map(({ name }) => name);
  const report = { label, ...found, asked: [...quantity, ...others], seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(sensitivityJsonDocument(report))}\n`);
  else terminal.stdout.write(sensitivityTextReport(report, layoutFor(terminal.stdout, {})));
  return flags.strict && warningsOf(report).length > 0 ? exitCodes.failed : exitCodes.done;
}

interface Asked {
  readonly own: SensitivityOptions;
  readonly varied: VaryOptions;
  readonly vary: readonly string[];
  readonly conclusions: readonly string[];
  readonly tipping: TippingOptions;
}

async function judged(
  fitted: Fit | MlFit,
  { own, varied, vary, conclusions, tipping }: Asked,
  watch: Watch,
): Promise<Pick<SensitivityReport, "sensitivity" | "variation" | "tippingPoints">> {
  const { level } = "ml" in fitted ? {} : fitted.summary();
  const found = await sensitivity(fitted, { ...own, ...watch });
  const variation = vary.length === 0 ? null : await varyPriors(fitted, vary, { ...varied, level, ...watch });
  const points: TippingPoints[] = [];
  for (const conclusion of conclusions) points.push(await tippingPoints(fitted, conclusion, { ...tipping, ...watch }));
  return { sensitivity: found, variation, tippingPoints: points };
}
