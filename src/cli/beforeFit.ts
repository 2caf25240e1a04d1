import { checkGroup, ModelError, type PreparedModel, prepareModel } from "../index.js";
import { readModelAndData, type SourceFlags } from "./modelSource.js";

/** A model before it is fitted, for which it is read once more; null of a saved fit, and of a model that is in error, of which the fit tells. */
export async function preparedBeforeFit(path: string | undefined, flags: SourceFlags): Promise<PreparedModel | null> {
  const { hasFit } = await import("../folder/load.js");
  if (path !== undefined && (await hasFit(path))) return null;
  const { model, table } = await readModelAndData(path, flags);
  const { missing, plugins = [] } = flags;
  try {
    return prepareModel(model, table, { missing, plugins });
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

/** Before a model is fitted: whether it has the factor of --group. Throws CheckError. */
export async function refuseUnknownGroup(
  path: string | undefined,
  group: string | undefined,
  flags: SourceFlags,
): Promise<void> {
  if (group === undefined) return;
  const prepared = await preparedBeforeFit(path, flags);
  if (prepared !== null) checkGroup(prepared, group);
}
