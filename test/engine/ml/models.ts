import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readTable } from "../../../src/data/readTable.js";
import { type TableInput, toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { compiled } from "../../density/models.js";

const shared = resolve(import.meta.dirname, "../../../../shared");

/** Whether data and references stand beside the checkout; tests on them are skipped where they do not. */
export const isSharedThere = existsSync(shared);

export function viewOf(text: string, table: TableInput): LatentGaussian {
  const latent = compiled(text, toTable(table)).model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  return latent.view;
}

export async function viewOnShared(text: string, data: string): Promise<LatentGaussian> {
  return viewOf(text, await readTable(dataFile(data)));
}

export function dataFile(data: string): string {
  return resolve(shared, "data", `${data}.csv`);
}

export function reference(file: string): string {
  return resolve(shared, "references", `${file}.json`);
}
