import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stanData } from "../../dist/export/stan/stanData.js";
import { stanProgram } from "../../dist/export/stan/stanProgram.js";
import { prepareModel } from "../../dist/index.js";
import { stanCases, stanTable } from "./cases.js";
import { stanPoints } from "./points.js";
import { programHash } from "./programHash.js";

// Usage: node dist-validation/stan/write.js FOLDER; then Rscript validation/stan/logProb.R FOLDER, which writes stan.json for validation/references.

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("give the folder to write");
mkdirSync(folder, { recursive: true });
for (const [k, { name, model }] of stanCases.entries()) {
  const prepared = prepareModel(model, stanTable());
  const program = stanProgram(prepared);
  const sha256 = programHash(program);
  const file = join(folder, `case_${k + 1}`);
  writeFileSync(`${file}.stan`, program);
  writeFileSync(
    `${file}.json`,
    JSON.stringify({ name, sha256, data: stanData(prepared), points: stanPoints(prepared, 5) }),
  );
}
