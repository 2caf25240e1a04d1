import type { ApproximationRecord } from "../posterior/Posterior.js";
import type { FitReport } from "./FitReport.js";
import { plural } from "./layout.js";
import type { MlReport } from "./MlReport.js";

/** Which algorithm ran, in words: "HMC, transported coordinates"; null where the engine does not tell. */
export function algorithmOf(
  report: Pick<FitReport, "sampling" | "approximation" | "hasNormalEffects" | "summary">,
): string | null {
  const { sampling, approximation } = report;
  if (sampling !== null) return samplerText(sampling);
  if (approximation === null) return null;
  const effects = effectsBy(approximation, report);
  const parts = [explored(approximation), effects === null ? null : `effects by ${effects}`, "importance weights"];
  return parts.filter((part) => part !== null).join("; ");
}

/** "HMC, transported coordinates", "NUTS, noncentred parametrization" */
export function samplerText({
  algorithm,
  parametrization,
}: {
  readonly algorithm: string;
  readonly parametrization: string;
}): string {
  return `${samplers.get(algorithm) ?? algorithm}, ${movesIn(parametrization)}`;
}

/** "aghq, 25 points"; Laplace's approximation of no random effects is none. */
export function mlAlgorithmOf({ method, points, reml, priors, groups }: MlFacts): string {
  return [
    method === "laplace" && groups?.length === 0 ? "no random effects" : method,
    ...(priors === null ? [] : ["penalised"]),
    ...(reml ? ["REML"] : []),
    ...(points === null ? [] : [plural(points, "point")]),
  ].join(", ");
}

export type MlFacts = Pick<MlReport, "method" | "points" | "reml" | "priors"> & Partial<Pick<MlReport, "groups">>;

const samplers: ReadonlyMap<string, string> = new Map([
  ["hmc", "HMC"],
  ["nuts", "NUTS"],
]);

/** What a sampler moves in: "transported coordinates", or a textbook parametrization. */
function movesIn(parametrization: string): string {
  const isTextbook = parametrization === "noncentred" || parametrization === "centred";
  return `${parametrization} ${isTextbook ? "parametrization" : "coordinates"}`;
}

/** How the random effects were integrated out; null where there are none. */
export function effectsBy(
  { integration, points }: ApproximationRecord,
  { hasNormalEffects, summary }: Pick<FitReport, "hasNormalEffects" | "summary">,
): string | null {
  if (summary.randomEffects.length === 0) return null;
  const means = integration === "aghq" ? `adaptive quadrature, ${plural(points, "point")}` : "Laplace's approximation";
  return hasNormalEffects ? `${means}, exact for a normal response` : means;
}

/** How the hyperparameters were explored; null where none were. */
export function explored({ exploration }: ApproximationRecord): string | null {
  if (exploration === undefined) return null;
  const { kind, points, spacing } = exploration;
  return {
    grid: `grid of ${plural(points, "point")}, ${plural(spacing ?? 0, "posterior sd")} apart`,
    product: `product of Gauss-Hermite rules, ${plural(points, "point")}`,
    ccd: `central composite design of ${plural(points, "point")}`,
  }[kind];
}
