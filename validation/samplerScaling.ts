// One size of the benchmark of the sampler's growth, in a process of its own so that its peak memory is its own: node samplerScaling.js ROWS
import { fit, samplerDiagnostics } from "marginalia";
import { simulatedTrial } from "./simulatedTrial.js";

/** What the process prints, as JSON: of one chain by the defaults, its random effects summarised. */
export interface SamplerScaling {
  readonly rows: number;
  readonly groups: number;
  /** Model, reference and all. */
  readonly compileSeconds: number;
  readonly gradientMicroseconds: number;
  readonly gradientsPerDraw: number;
  /** Of the whole process, the data included. */
  readonly peakMegabytes: number;
}

const draws = 50;

async function samplerScaling(rows: number): Promise<SamplerScaling> {
  const { groups, model, columns } = simulatedTrial(rows);
  const options = { chains: 1, workers: 0, warmup: 60, draws, randomEffects: "summary" } as const;
  const { posterior, seconds } = await fit(model, columns, options);
  const [chain] = posterior.record.chains;
  const { sampling } = samplerDiagnostics([chain]).gradientEvaluations;
  return {
    rows,
    groups,
    compileSeconds: seconds.compile,
    gradientMicroseconds: (1e6 * chain.seconds.sampling) / sampling,
    gradientsPerDraw: sampling / draws,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

console.log(JSON.stringify(await samplerScaling(Number(process.argv[2]))));
