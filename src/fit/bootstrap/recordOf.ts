import { parameterKinds } from "../../density/quantities.js";
import { EngineError } from "../../engine/EngineError.js";
import type { BootstrapRecord, Estimates } from "../../engine/ml/Estimates.js";
import type { BootstrapType } from "../../engine/ml/options.js";
import type { MlFit } from "../MlFit.js";
import type { BootstrapRow } from "./BootstrapResult.js";
import { bootstrapRow } from "./bootstrapRow.js";
import type { Refit } from "./responseWork.js";

/** What fits of simulated responses come to. Throws EngineError where fewer than two of them have estimates. */
export function recordOf(
  { ml, compiled }: MlFit,
  refits: readonly Refit[],
  type: BootstrapType,
  asked: number,
): BootstrapRecord {
  const fitted = refits.filter(({ failure }) => failure === null);
  const counts = new Map<string, number>();
  for (const { failure } of refits) if (failure !== null) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  const failures = [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  if (fitted.length < 2)
    throw new EngineError(
      `${refits.length - fitted.length} of ${refits.length} fits of simulated responses failed, by: ${failures.at(0)?.reason ?? "nothing"}; fit by another method`,
    );
  const names = compiled.quantities.parameters;
  const places = ml.parameters.map(({ name }) => names.indexOf(name));
  return {
    type,
    replicates: refits.length,
    partial: refits.length < asked,
    failures,
    untrusted: fitted.filter(({ isTrusted }) => !isTrusted).length,
    singular: fitted.filter(({ isSingular }) => isSingular).length,
    estimates: Float64Array.from(places.flatMap((place) => fitted.map(({ estimates }) => estimates[place]))),
  };
}

/** The parameters of a fit over the fits of simulated responses. */
export function bootstrapRows(
  { ml, design, compiled }: Pick<MlFit, "ml" | "design" | "compiled">,
  { estimates, type }: Pick<BootstrapRecord, "estimates" | "type">,
  level: number,
): BootstrapRow[] {
  const kinds = new Map(parameterKinds(design).map((kind, k) => [compiled.quantities.parameters[k], kind]));
  const size = estimates.length / ml.parameters.length;
  return ml.parameters.map(({ name, estimate }, k) => {
    const values = estimates.slice(k * size, (k + 1) * size);
    return bootstrapRow(name, estimate, values, { type, level, kind: kinds.get(name) ?? null });
  });
}

/** Estimates whose intervals are those of the bootstrap. */
export function withBootstrapIntervals(
  fit: Pick<MlFit, "ml" | "design" | "compiled">,
  bootstrap: BootstrapRecord,
  level: number,
): Estimates {
  const rows = bootstrapRows(fit, bootstrap, level);
  const parameters = fit.ml.parameters.map(({ interval: _, ...parameter }, k) => {
    const { lower, upper } = rows[k];
    return { ...parameter, lower, upper };
  });
  return { ...fit.ml, intervals: "bootstrap", parameters, bootstrap };
}
