import { ModelError, type ModelToFit, type PreparedModel, prepareModel } from "../index.js";
import { type ModelAndData, readModelAndData, type SourceFlags } from "./modelSource.js";

/** Looks at a model and its data before the model is fitted; throws what it finds that cannot be. */
export type BeforeFit = (source: ModelAndData) => Promise<void>;

/** Whether what a command is asked for can be told of a model, before it is fitted. It throws what the command throws. */
export type CheckOfModel = (model: ModelToFit) => Promise<void>;

/** Options of a fit that say how the model is prepared, and by which engine it is fitted. */
export type PreparedFlags = Pick<SourceFlags, "missing" | "plugins"> & { readonly engine?: string };

/** Looks at a model with a check; of one that is in error the fit tells. */
export function beforeFit(flags: PreparedFlags, check: CheckOfModel | undefined): BeforeFit {
  return async (source) => {
    const prepared = check === undefined ? null : preparedFrom(source, flags);
    if (prepared !== null) await check?.({ ...prepared, engine: flags.engine ?? "nuts" });
  };
}

/** A model before it is fitted, for which it is read once more; null of a saved fit, and of a model that is in error, of which the fit tells. */
export async function preparedBeforeFit(path: string | undefined, flags: SourceFlags): Promise<PreparedModel | null> {
  const { hasFit } = await import("../folder/load.js");
  if (path !== undefined && (await hasFit(path))) return null;
  return preparedFrom(await readModelAndData(path, flags), flags);
}

function preparedFrom({ model, table }: ModelAndData, { missing, plugins = [] }: PreparedFlags): PreparedModel | null {
  try {
    return prepareModel(model, table, { missing, plugins });
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}
