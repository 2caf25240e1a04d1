// One size of the benchmark of inla, in a process of its own so that its peak memory is its own: node inlaScaling.js ROWS
import { fit } from "marginalia";
import { simulatedCounts } from "./simulatedTrial.js";

/** What the process prints, as JSON. */
export interface InlaScaling {
  readonly rows: number;
  readonly groups: number;
  readonly fitSeconds: number;
  readonly paretoK: number;
  /** Of the whole process, the data included. */
  readonly peakMegabytes: number;
}

async function inlaScaling(rows: number): Promise<InlaScaling> {
  const { groups, model, columns } = simulatedCounts(rows);
  const { posterior, seconds } = await fit(model, columns, { engine: "inla" });
  const guard = posterior.record.approximation?.guard;
  if (guard?.isTrusted !== true) throw new Error(`no posterior of ${rows} rows: ${guard?.verdict}`);
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return { rows, groups, fitSeconds: seconds.sampling, paretoK: guard.paretoK, peakMegabytes };
}

console.log(JSON.stringify(await inlaScaling(Number(process.argv[2]))));
