import type { ChainRecord, EngineRecord } from "../posterior/Posterior.js";
import type { ExportedDraws } from "./exportedDraws.js";
import type { InferenceGroup, InferenceVariable } from "./InferenceData.js";

/** The sampler's account of each draw, under the names of ArviZ's schema; no group for an engine that has no chains. */
export function sampleStats({ chains }: EngineRecord, { draws }: ExportedDraws): InferenceGroup[] {
  if (chains.length === 0) return [];
  const statistic = (
    name: string,
    type: InferenceVariable["type"],
    of: (chain: ChainRecord, draw: number) => number,
  ): InferenceVariable => ({
    ...{ name, type, drawn: { chains: chains.length, draws }, dimensions: [] },
    *values() {
      for (const chain of chains) for (let draw = 0; draw < draws; draw++) yield [of(chain, draw)];
    },
  });
  return [
    {
      name: "sample_stats",
      variables: [
        statistic("lp", "number", ({ logDensity }, draw) => logDensity[draw]),
        statistic("acceptance_rate", "number", ({ acceptance }, draw) => acceptance[draw]),
        statistic("step_size", "number", ({ stepSize }) => stepSize),
        statistic("tree_depth", "integer", ({ treeDepth }, draw) => treeDepth[draw]),
        statistic("reached_max_treedepth", "truth", (chain, draw) =>
          Number(chain.treeDepth[draw] >= chain.maxTreeDepth),
        ),
        statistic("diverging", "truth", ({ divergent }, draw) => divergent[draw]),
        statistic("energy", "number", ({ energy }, draw) => energy[draw]),
      ],
    },
  ];
}
