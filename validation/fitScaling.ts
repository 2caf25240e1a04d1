// One size of the benchmark of whole fits, in a process of its own so that its peak memory is its own: node fitScaling.js ROWS
import { fit } from "marginalia";
import { simulatedTrial } from "./simulatedTrial.js";

/** What the process prints, as JSON. */
export interface FitScaling {
  readonly rows: number;
  readonly groups: number;
  readonly compileSeconds: number;
  readonly fitSeconds: number;
  readonly evaluations: number;
  /** Of the whole process, the data included. */
  readonly peakMegabytes: number;
}

const rowsPerGroup = 20;
const points = 9;

async function fitScaling(rows: number): Promise<FitScaling> {
  const { groups, model, columns } = simulatedTrial(rows, rows / rowsPerGroup);
  const { ml, seconds } = await fit(model, columns, { engine: "ml", method: "aghq", points });
  const { converged, evaluations } = ml.convergence;
  if (!converged) throw new Error(`no maximum of ${rows} rows`);
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return { rows, groups, compileSeconds: seconds.compile, fitSeconds: seconds.fit, evaluations, peakMegabytes };
}

console.log(JSON.stringify(await fitScaling(Number(process.argv[2]))));
