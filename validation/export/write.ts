import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fit } from "../../dist/index.js";
import { readTable, writeExport } from "../../dist/node.js";

// Usage: node dist-validation/export/write.js FOLDER; then readBack.R and readBack.py FOLDER, which compare what R and Python read with expected.json.

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("give the folder to write");
mkdirSync(folder, { recursive: true });
const model = resolve(import.meta.dirname, "../../models/epilepsy");
const made = await fit(readFileSync(join(model, "model.glmm"), "utf8"), await readTable(join(model, "data.csv")), {
  chains: 3,
  draws: 200,
});
const include = ["log_likelihood", "posterior_predictive", "prior"];
await writeExport(made, "netcdf", join(folder, "fit.nc"), { include });
await writeExport(made, "arviz-json", join(folder, "fit.json"), { include });
await writeExport(made, "stan-csv", join(folder, "stan"));
await writeExport(made, "parquet", join(folder, "draws.parquet"));
await writeExport(made, "csv", join(folder, "draws.csv"));
const at = (name: string) => made.draws(name)[2][150];
writeFileSync(
  join(folder, "expected.json"),
  JSON.stringify({
    effect: at("b[subject, 17, post]"),
    sd: at("sd[subject, post]"),
    correlation: at("cor[subject, Intercept, post]"),
    coefficient: at("beta[post:trt.progabide]"),
    energy: made.posterior.record.chains[2].energy[150],
    rhat: Object.fromEntries(made.summary().parameters.map(({ name, rhat, essBulk }) => [name, [rhat, essBulk]])),
  }),
);
