import { join } from "node:path";
import { type TableInput, toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { readTable } from "../../../src/platform/node/readTable.js";
import { dataFile, referenceFolder } from "../../../validation/files.js";
import { compiled } from "../../density/models.js";

export function viewOf(text: string, table: TableInput): LatentGaussian {
  const latent = compiled(text, toTable(table)).model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  return latent.view;
}

export async function viewOnData(text: string, data: string): Promise<LatentGaussian> {
  return viewOf(text, await readTable(dataFile(`${data}.csv`)));
}

export function reference(file: string): string {
  return join(referenceFolder, `${file}.json`);
}
