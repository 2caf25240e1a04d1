// One size of the scaling benchmark, in a process of its own so that its peak memory is its own: node scaling.js ROWS
import { prepareModel } from "marginalia";
import { gradientMicroseconds, positions } from "./measure.js";
import { simulatedTrial } from "./simulatedTrial.js";

/** What the process prints, as JSON. */
export interface Scaling {
  readonly rows: number;
  readonly groups: number;
  readonly compileSeconds: number;
  readonly gradientMicroseconds: number;
  /** Of the whole process, the data included. */
  readonly peakMegabytes: number;
}

async function scaling(rows: number): Promise<Scaling> {
  const { groups, model, columns } = simulatedTrial(rows);
  const start = performance.now();
  const { compiled } = prepareModel(model, columns);
  const density = compiled.logDensity("noncentred");
  const compileSeconds = (performance.now() - start) / 1000;
  const tasks = [{ name: `${rows} rows`, density }];
  const [microseconds] = await gradientMicroseconds(tasks, positions(16, density.dimension), 1000);
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return { rows, groups, compileSeconds, gradientMicroseconds: microseconds, peakMegabytes };
}

console.log(JSON.stringify(await scaling(Number(process.argv[2]))));
