import { prepareModel } from "../index.js";
import { checkIndent, checkReport } from "../report/checkReport.js";
import { modelCheck } from "./modelCheck.js";
import { readModelAndData, type SourceFlags } from "./modelSource.js";
import { styleFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal, widthOf } from "./Terminal.js";

/** `marginalia check`: everything there is to know before a fit. Throws what is wrong with model or data, all at once. */
export async function checkCommand(
  path: string | undefined,
  flags: SourceFlags,
  { stdout }: Terminal,
): Promise<ExitCode> {
  const { model, table } = await readModelAndData(path, flags);
  const prepared = prepareModel(model, table, { missing: flags.missing, plugins: flags.plugins });
  const width = widthOf(stdout);
  stdout.write(checkReport(modelCheck(prepared, table, width - checkIndent), { width, style: styleFor(stdout) }));
  return exitCodes.done;
}
