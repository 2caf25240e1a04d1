import type { Command } from "commander";
import {
  CheckError,
  checkLoo,
  compareLoo,
  completeLooOptions,
  type Fit,
  type Loo,
  type LooOptions,
  loo,
} from "../index.js";
import { looJsonDocument } from "../report/looJsonDocument.js";
import { looTextReport } from "../report/looTextReport.js";
import { preparedBeforeFit } from "./beforeFit.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal, UsageError } from "./Terminal.js";
import { watched } from "./watched.js";

/** What a command line gives of the options of `loo`, and those of fits. */
export type LooFlags = AnyFitFlags & Pick<LooOptions, "group" | "asDrawn" | "folds" | "refit" | "workers">;

const ownOptions: readonly string[] = ["group", "asDrawn", "folds", "refit"];
/** Those that a fit takes too. */
const sharedOptions: readonly string[] = ["seed", "workers"];

/** `marginalia loo`: leaves out rows or groups of each fit, of a model once it is fitted, and compares where there are several. */
export async function looCommand(
  paths: readonly string[],
  flags: LooFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { group, asDrawn, folds, refit, ...fitting } = flags;
  const own: LooOptions = { group, asDrawn, folds, refit, seed: flags.seed, workers: flags.workers };
  completeLooOptions(own); // before a large file is read
  const twice = paths.find((path, k) => paths.indexOf(path) < k);
  if (twice !== undefined) throw new UsageError(`the model "${twice}" is given twice`);
  const models: { readonly label: string; readonly fitted: Fit; readonly loo: Loo }[] = [];
  let read = 0;
  const places = paths.length === 0 ? [undefined] : paths;
  await refuseBeforeFit(places, group, flags);
  for (const path of places) {
    const made = await fitSource(path, fitting, command, terminal, { own: ownOptions, shared: sharedOptions });
    if (made.isInterrupted) return exitCodes.interrupted;
    if ("ml" in made.result)
      throw new CheckError("ml has no draws, over which rows are left out; fit with nuts, laplace or inla");
    read += made.read;
    const label = path ?? flags.formula ?? "model";
    refuseOtherResponses(models, { label, fitted: made.result });
    const fitted = made.result;
    const message = "the rows had not all been left out; nothing is shown";
    const found = await watched(terminal, "loo", message, (watch) => loo(fitted, { ...own, ...watch }));
    models.push({ label, fitted, loo: found });
  }
  const comparison =
    models.length < 2 ? null : compareLoo(Object.fromEntries(models.map((model) => [model.label, model.loo])));
  const report = { models, comparison, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(looJsonDocument(report))}\n`);
  else terminal.stdout.write(looTextReport(report, layoutFor(terminal.stdout, {})));
  const isTrusted = models.every(({ loo: { warnings } }) => warnings.length === 0);
  return flags.strict && !isTrusted ? exitCodes.failed : exitCodes.done;
}

/** Before any model is fitted: whether each can be left parts out of, and whether they compare. Throws CheckError and UsageError. */
async function refuseBeforeFit(
  places: readonly (string | undefined)[],
  group: string | undefined,
  flags: LooFlags,
): Promise<void> {
  const models: Labelled[] = [];
  for (const path of places) {
    const prepared = await preparedBeforeFit(path, flags);
    if (prepared === null) continue;
    await checkLoo({ ...prepared, engine: flags.engine ?? "nuts" }, { group });
    const model = { label: path ?? flags.formula ?? "model", fitted: prepared };
    refuseOtherResponses(models, model);
    models.push(model);
  }
}

interface Labelled {
  readonly label: string;
  readonly fitted: Pick<Fit, "design">;
}

/** Models are compared by the densities of the same responses. Throws UsageError for others. */
function refuseOtherResponses(before: readonly Labelled[], { label, fitted }: Labelled): void {
  const first = before.at(0);
  if (first === undefined) return;
  const [one, other] = [first.fitted, fitted].map(responses);
  if (one.size !== other.size || [...one].some(([row, value]) => other.get(row) !== value))
    throw new UsageError(
      `"${first.label}" and "${label}" have different responses or rows, so that their densities do not compare\n  give both the same --data, and the rows that both can use`,
    );
}

/** By the row of the table. */
function responses({ design: { rowIndex, response } }: Pick<Fit, "design">): ReadonlyMap<number, number> {
  return new Map([...rowIndex].map((row, i) => [row, response.values[i]]));
}
