import type { Fit } from "../../fit/fitted.js";
import type { ChainRecord } from "../../posterior/Posterior.js";
import { version } from "../../version.js";
import type { ExportedDraws } from "../exportedDraws.js";
import { type StanColumn, stanColumns } from "./stanColumns.js";

/** Columns of the sampler that nuts has; an engine without chains has the first alone, which readers need. */
const samplerColumns = ["lp__", "accept_stat__", "stepsize__", "treedepth__", "divergent__", "energy__"];

/**
 * The lines of a chain as CmdStan writes them: comments with the settings, and for each column the quantity that it is (`# beta_mu.2 = beta[post]`), then a row a
 * draw of the sampler's columns and the variables of the model's Stan program. Of an engine without chains `lp__` is NaN. Random effects that were not kept are left out.
 */
export function* stanCsv(fit: Fit, drawn: ExportedDraws, chain: number): Generator<string, void> {
  const columns = stanColumns(fit.design).filter(
    ({ source }) => "value" in source || Boolean(drawn.columns[source.place]),
  );
  const record = fit.posterior.record.chains.at(chain);
  yield `${heading(fit, drawn, chain, columns).join("\n")}\n`;
  const sampler = record === undefined ? samplerColumns.slice(0, 1) : samplerColumns;
  yield `${[...sampler, ...columns.map(({ name }) => name)].join(",")}\n`;
  const values = columns.map(({ source }) => ("place" in source ? drawn.columns[source.place]?.[chain] : source.value));
  for (let draw = 0; draw < drawn.draws; draw++) {
    const own = record === undefined ? ["NaN"] : samplerCells(record, draw);
    yield `${[...own, ...values.map((value) => (typeof value === "object" ? value[draw] : value))].join(",")}\n`;
  }
  const { warmup, sampling } = record?.seconds ?? { warmup: 0, sampling: fit.seconds.sampling };
  yield `# Elapsed Time: ${warmup} seconds (Warm-up)\n#               ${sampling} seconds (Sampling)\n`;
  yield `#               ${warmup + sampling} seconds (Total)\n`;
}

function samplerCells({ logDensity, acceptance, stepSize, treeDepth, divergent, energy }: ChainRecord, draw: number) {
  return [logDensity[draw], acceptance[draw], stepSize, treeDepth[draw], divergent[draw], energy[draw]];
}

function heading({ engine, posterior }: Fit, drawn: ExportedDraws, chain: number, columns: readonly StanColumn[]) {
  const { seed } = posterior.record.options;
  return [
    `# marginalia_version = ${version}`,
    `# marginalia_engine = ${engine}`,
    "# method = sample (Default)",
    "#   sample",
    `#     num_samples = ${drawn.draws}`,
    "#     num_warmup = 0",
    "#     save_warmup = 0 (Default)",
    "#     thin = 1 (Default)",
    `# id = ${chain + 1}`,
    ...(seed === undefined ? [] : [`# random_seed = ${String(seed)}`]),
    ...columns.flatMap(({ name, quantity }) => (quantity === null ? [] : [`# ${name} = ${quantity}`])),
  ];
}
