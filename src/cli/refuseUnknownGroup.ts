import { checkGroup, prepareModel } from "../index.js";
import { readModelAndData, type SourceFlags } from "./modelSource.js";

/** Before a model is fitted, for which it is read once more: whether it has the factor of --group. A saved fit tells at once by itself. Throws CheckError. */
export async function refuseUnknownGroup(
  path: string | undefined,
  group: string | undefined,
  flags: SourceFlags,
): Promise<void> {
  if (group === undefined) return;
  const { hasFit } = await import("../folder/load.js");
  if (path !== undefined && (await hasFit(path))) return;
  const { model, table } = await readModelAndData(path, flags);
  const { missing, plugins = [] } = flags;
  checkGroup(prepareModel(model, table, { missing, plugins }), group);
}
