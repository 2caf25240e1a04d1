import type { RandomStream } from "../../math/random/RandomStream.js";
import { exp } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import { CheckError } from "../CheckError.js";
import type { Replication } from "../replication/replicates.js";
import { ranks, type Simulated } from "./Simulated.js";

/**
 * Simulated responses, and where those of the data lie in their predictive distributions: by the family's distribution function averaged over the draws, else by their
 * ranks among simulated ones. In the order of the table. Throws CheckError where a distribution function has no value at a draw.
 */
export function* observedPredictive(
  replication: Replication,
  stream: RandomStream,
): Steps<Pick<Simulated, "responses" | "fitted" | "residuals" | "isOutlier">> {
  const { order, rows: n, count, reader, observed } = replication;
  const { probability } = reader;
  const [fitted, upTo, atValue] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const out = reader.derivatives();
  const responses: Float64Array[] = [];
  yield* replication.responses((_, replicated, at) => {
    responses.push(replicated.slice());
    for (let k = 0; k < n; k++) {
      const i = order[k];
      fitted[k] += reader.mean(i, at) / count;
      if (probability === null) continue;
      upTo[k] += probability(i, at) / count;
      if (!reader.hasMass(i)) continue;
      reader.evaluate(i, at, 0, out);
      atValue[k] += exp(out.value) / count;
    }
  });
  const residuals = new Float64Array(n);
  const isOutlier = new Uint8Array(n);
  const row = new Float64Array(count);
  for (let k = 0; k < n; k++) {
    for (let r = 0; r < count; r++) row[r] = responses[r][k];
    const [less, noMore] = ranks(row.sort(), observed[k]);
    isOutlier[k] = Number(noMore === 0 || less === count);
    const v = stream.uniform();
    residuals[k] =
      probability === null
        ? (less + v * (noMore - less + 1)) / (count + 1)
        : Math.min(1, Math.max(0, upTo[k] - v * atValue[k]));
    if (Number.isNaN(residuals[k]))
      throw new CheckError(
        "the distribution of a response cannot be computed at some of the draws; look at the fit's warnings",
      );
  }
  return { responses, fitted, residuals, isOutlier };
}
