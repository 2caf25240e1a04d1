import { LARGEST_RHAT, rhatText } from "../../diagnostics/limits.js";
import { samplerDiagnostics } from "../../diagnostics/sampler.js";
import type { Signal } from "../../engine/Signal.js";
import { conflictsOf } from "../../fit/conflictsOf.js";
import type { Fit } from "../../fit/fitted.js";
import { inThisThread } from "../../fit/thisThread.js";
import { runSteps } from "../../math/steps.js";
import type { ApproximationRecord, Posterior } from "../../posterior/Posterior.js";
import { samplerText } from "../../report/algorithm.js";
import type { EngineColumn, EngineEstimate } from "../../summary/Agreement.js";
import type { SummaryRow } from "../../summary/Summary.js";
import type { Measured } from "./agreement.js";
import { marginalAtoms } from "./atoms.js";

/** The posterior that an engine returns, by its summary and marginals. Rejects with `signal.reason` once that is aborted. */
export async function measurePosterior(fit: Fit, signal: Signal | undefined): Promise<Measured> {
  const { posterior, seconds } = fit;
  const { parameters, randomEffects } = fit.summary();
  const approximation = posterior.record.approximation ?? null;
  const marginals = posterior.parameters.map(({ marginal }) => marginalAtoms(marginal));
  // A run that was stopped keeps what it has: looking for conflicts takes searches of its own.
  const isStopped = posterior.record.partial && signal?.aborted;
  const conflicts = conflictsOf(fit, posterior, fit.summary);
  return {
    marginals,
    conflicts: isStopped ? [] : await runSteps(conflicts, inThisThread({ signal })),
    column: {
      engine: posterior.engine,
      kind: "posterior",
      method: methodOf(fit),
      approximation: approximation?.integration === "laplace" && !approximation.guard.isTrusted ? "laplace" : "none",
      parameters: parameters.map((row) => ({ ...estimateOf(row), lower: row.lower, upper: row.upper })),
      randomEffects: randomEffects.map(estimateOf),
      logLikelihood: null,
      logMarginalLikelihood: approximation?.logMarginalLikelihood ?? null,
      paretoK: approximation?.guard.paretoK ?? null,
      trust: trustOf(fit, parameters),
      warnings: fit.warnings(),
      seconds: seconds.compile + seconds.sampling,
    },
  };
}

function methodOf(fit: Fit): string {
  const { chains, approximation, options } = fit.posterior.record;
  if (approximation !== undefined)
    return [...integrationOf(fit, approximation), `${approximation.guard.draws} weighted draws`].join(", ");
  const drawn = chains.length > 0 ? chains.map(({ logDensity }) => logDensity.length) : drawsOfMarginals(fit.posterior);
  if (drawn.length === 0) return "marginals";
  const { algorithm, parametrization } = options;
  const isNamed = typeof algorithm === "string" && typeof parametrization === "string";
  const sampler = isNamed ? `${samplerText({ algorithm, parametrization })}, ` : "";
  return `${sampler}${drawn.length} chain${drawn.length === 1 ? "" : "s"}, ${drawn.reduce((total, draws) => total + draws, 0)} draws`;
}

/** Draws of each chain of an engine that keeps no account of its chains; none where its marginals are densities. */
function drawsOfMarginals({ parameters, randomEffects }: Posterior): number[] {
  const [first] = [...parameters, ...randomEffects];
  return first?.marginal.kind === "draws" ? first.marginal.chains.map(({ length }) => length) : [];
}

/** How the random effects are integrated out, where there are any. */
function integrationOf(fit: Fit, { integration, points }: ApproximationRecord): string[] {
  if (integration === "aghq") return [`aghq, ${points} points`];
  if (fit.posterior.randomEffects.length === 0) return [];
  return [fit.hasNormalEffects() ? "exact effects" : "laplace"];
}

function trustOf({ posterior }: Fit, parameters: readonly SummaryRow[]): EngineColumn["trust"] {
  const guard = posterior.record.approximation?.guard;
  if (guard?.isTrusted)
    return { isTrusted: true, reason: `its guard is good, with a Pareto k of ${guard.paretoK.toFixed(2)}` };
  if (guard !== undefined)
    return { isTrusted: false, reason: guard.verdict.replace(/^do not trust/, "its guard does not trust it") };
  const largest = parameters.reduce((worst, { rhat = Number.NaN }) => (rhat <= worst ? worst : rhat), 1);
  if (posterior.record.partial) return { isTrusted: false, reason: "its run was ended early" };
  const { divergences } = samplerDiagnostics(posterior.record.chains);
  const diverged = divergences === 0 ? "" : `, though ${divergences} of its transitions diverged`;
  if (parameters.length > 0 && parameters.every((row) => row.rhat === undefined))
    return { isTrusted: false, reason: "it has neither draws to judge nor a guard of its own" };
  const rhat = `the largest R-hat of its parameters is ${rhatText(largest)}${diverged}`;
  if (largest <= LARGEST_RHAT) return { isTrusted: true, reason: rhat };
  return { isTrusted: false, reason: `its chains have not converged: ${rhat}` };
}

function estimateOf({ name, mean, sd, mcse = 0 }: SummaryRow): EngineEstimate {
  return { name, estimate: mean, sd, mcse, lower: Number.NaN, upper: Number.NaN };
}
