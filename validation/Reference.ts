import { readFile } from "node:fs/promises";
import * as v from "valibot";

const estimate = v.object({
  name: v.string(),
  mean: v.number(),
  sd: v.number(),
  mcse: v.number(),
  rhat: v.number(),
  essBulk: v.number(),
  q5: v.number(),
  median: v.number(),
  q95: v.number(),
  essTail: v.number(),
});

const reference = v.object({
  case: v.string(),
  /** The file of its data. */
  data: v.string(),
  /** Lines of the model text. */
  model: v.array(v.string()),
  parameters: v.array(estimate),
  randomEffects: v.array(estimate),
  /** Of the run that the numbers come from. */
  made: v.object({ software: v.string(), divergences: v.number(), maxRhat: v.number() }),
  /** Of the software's default settings. */
  cost: v.object({ cpuSeconds: v.number(), divergences: v.number(), minEssBulk: v.number(), minEssTail: v.number() }),
});

/** A long run of other software: its model in our language, its marginals under our names. */
export type Reference = v.InferOutput<typeof reference>;

/** Throws where the file cannot be read or is not a reference. */
export async function readReference(path: string): Promise<Reference> {
  return v.parse(reference, JSON.parse(await readFile(path, "utf8")));
}
