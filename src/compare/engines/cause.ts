import { EngineError } from "../../engine/EngineError.js";
import type { Cause, ParameterAgreement } from "../../summary/Agreement.js";
import type { Measured } from "./agreement.js";
import type { MlMeasured } from "./measureMl.js";

/** What an engine that is off is judged by. */
export interface Evidence {
  readonly reference: Measured | MlMeasured;
  /** A maximum of the likelihood itself; null where there is none. */
  readonly exact: MlMeasured | null;
  /** The posterior mode with the random effects integrated out. Rejects with EngineError where there is none. */
  penalized(): Promise<Measured>;
}

/** An approximation that is at the exact maximum, to this share of its distance from the reference, is not to blame. */
const NEGLIGIBLE = 0.25;

/** Why an engine is off, the plainest cause first. */
export async function causeOf(
  engine: Measured | MlMeasured,
  off: readonly ParameterAgreement[],
  evidence: Evidence,
): Promise<Cause> {
  const { reference, exact } = evidence;
  const { trust, approximation } = engine.column;
  if (!trust.isTrusted || !reference.column.trust.isTrusted) return "untrusted";
  if ("ml" in engine && "ml" in reference && engine.ml.reml !== reference.ml.reml) return "restricted";
  const name = off.at(0)?.name;
  const isMaximum = "ml" in engine && reference.column.kind === "posterior";
  const isUntold = isMaximum && exact === null && (approximation === "laplace" || approximation === "pql");
  if (approximation !== "none" && !isUntold)
    if (exact === null || name === undefined || !isNear(name, engine, exact, reference)) return "approximation";
  if (!isMaximum || name === undefined) return "unknown";
  if (engine.ml.notes.some(({ code }) => code === "singular")) return "boundary";
  return isUntold ? "approximation-or-shape" : priorOrShape(name, engine, evidence);
}

/** Whether what sets the engine apart from the reference is what sets the exact maximum apart too. */
function isNear(name: string, engine: Measured, exact: Measured, reference: Measured): boolean {
  const [own, best, far] = [engine, exact, reference].map((measured) => estimateOf(name, measured));
  return Math.abs(own - best) < NEGLIGIBLE * Math.abs(own - far);
}

/** The posterior mode tells the prior's part in a difference from that of the likelihood's shape. */
async function priorOrShape(name: string, engine: Measured, { reference, penalized }: Evidence): Promise<Cause> {
  try {
    const mean = estimateOf(name, reference);
    const left = Math.abs(estimateOf(name, await penalized()) - mean);
    if (!(left < 0.5 * Math.abs(estimateOf(name, engine) - mean))) return "skewness";
    return reference.conflicts.length > 0 ? "prior-conflict" : "prior";
  } catch (error) {
    if (error instanceof EngineError) return "unknown";
    throw error;
  }
}

function estimateOf(name: string, { column }: Measured): number {
  return column.parameters.find((row) => row.name === name)?.estimate ?? Number.NaN;
}
