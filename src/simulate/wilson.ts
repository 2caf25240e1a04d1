import { normalQuantile } from "../math/special/normalDistribution.js";

/** Wilson's interval of a probability from `count` successes in `total` trials; [0, 1] without trials. */
export function wilson(count: number, total: number, level = 0.95): readonly [lower: number, upper: number] {
  if (total === 0) return [0, 1];
  const z = normalQuantile((1 + level) / 2);
  const share = count / total;
  const centre = share + (z * z) / (2 * total);
  const reach = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return [Math.max(0, (centre - reach) / scale), Math.min(1, (centre + reach) / scale)];
}
