import { checkArgument } from "../argument/checkArgument.js";
import { aList } from "../argument/kinds.js";
import { checkPosterior } from "../posterior/aPosterior.js";
import type { Guard, Posterior, Quantity } from "../posterior/Posterior.js";
import { LARGEST_RHAT, LARGEST_SD_ERROR, LEAST_ESS_PER_CHAIN, rhatText } from "./limits.js";
import { type SamplerDiagnostics, samplerDiagnostics } from "./sampler.js";
import { comparableChains } from "./splitChains.js";

/** Something that keeps a result from being trusted as it is. */
export interface Warning {
  /** A stable word for programs: "divergences". */
  readonly code: string;
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to do, without a full stop. */
  readonly advice: string;
}

/** A summary row as far as convergence goes; the fields are absent where nothing was sampled. */
export interface DiagnosedQuantity {
  readonly name: string;
  readonly rhat?: number;
  readonly essBulk?: number;
  readonly essTail?: number;
  readonly sd?: number;
  readonly mcseSd?: number;
}

/** Limit of E-BFMI (Betancourt 2016). */
const EBFMI_LIMIT = 0.3;
/** Share of transitions that may diverge without a warning, where no other diagnostic finds anything: of 1,050 fits of hard designs none that was wrong had a divergence and no other warning. */
const RARE = 0.003;
/** How many offenders a message names. */
const NAMED = 3;

/** What is wrong with a posterior and what to do about it, the gravest first; `rows` are its summary, random effects included. */
export function warningsOf(posterior: Posterior, rows: readonly DiagnosedQuantity[]): Warning[] {
  checkPosterior(posterior, "warningsOf");
  checkArgument(aList, rows, "warningsOf", "rows");
  const found = allWarnings(posterior, rows);
  return isRareDivergence(posterior, found) ? [] : found;
}

/** For information: divergences that are so rare that a warning would be a false alarm, nothing else being wrong; null where there are none. */
export function rareDivergences(
  posterior: Posterior,
  rows: readonly DiagnosedQuantity[],
): Pick<Warning, "code" | "message"> | null {
  if (!isRareDivergence(posterior, allWarnings(posterior, rows))) return null;
  const { divergences: count, transitions } = samplerDiagnostics(posterior.record.chains);
  return {
    code: "rare-divergences",
    message: `${share(count, transitions)} diverged; R-hat, ESS and E-BFMI are good, so that little can be missing: a higher target acceptance shows whether anything changes`,
  };
}

function isRareDivergence({ record }: Posterior, found: readonly Warning[]): boolean {
  const { divergences: count, transitions } = samplerDiagnostics(record.chains);
  return found.length === 1 && found[0].code === "divergences" && count <= RARE * transitions;
}

function allWarnings(posterior: Posterior, rows: readonly DiagnosedQuantity[]): Warning[] {
  const lengths = chainLengths(posterior);
  const sampler = samplerDiagnostics(posterior.record.chains);
  const limit = LEAST_ESS_PER_CHAIN * comparableChains(lengths).chains.length;
  return [
    ...failedGuard(posterior.record.approximation?.guard),
    ...(posterior.record.partial ? [partialRun(lengths)] : []),
    ...unequalChains(lengths),
    ...stuckChains(posterior, lengths),
    ...divergences(sampler, posterior.record.options.targetAcceptance),
    ...largeRhat(rows, posterior.record.options.parametrization),
    ...smallEss("essBulk", "ess-bulk", "bulk ESS", "their means and medians are imprecise", limit, rows),
    ...smallEss("essTail", "ess-tail", "tail ESS", "their q5 and q95 are imprecise", limit, rows),
    ...largeSdError(posterior, rows, limit),
    ...undiagnosed(rows),
    ...smallEbfmi(sampler.ebfmi),
    ...treeDepth(sampler, posterior.record.chains[0]?.maxTreeDepth),
  ];
}

function failedGuard(guard: Guard | undefined): Warning[] {
  return guard === undefined || guard.isTrusted
    ? []
    : [{ code: "guard", message: guard.verdict, advice: guard.advice }];
}

function partialRun(lengths: readonly number[]): Warning {
  return {
    code: "partial-run",
    message: `the run was ended early, with ${lengths.join(", ")} draws in its chains`,
    advice: "take the numbers as a first impression, and run to the end for results",
  };
}

function unequalChains(lengths: readonly number[]): Warning[] {
  if (lengths.every((length) => length === lengths[0])) return [];
  const { chains, draws } = comparableChains(lengths);
  return [
    {
      code: "unequal-chains",
      message: `R-hat and ESS need chains of one length: they are of the first ${draws} draws of ${chainList(chains)}`,
      advice: "the other numbers use every draw; run to the end to have the diagnostics of all",
    },
  ];
}

function stuckChains(posterior: Posterior, lengths: readonly number[]): Warning[] {
  const quantities = [...posterior.parameters, ...posterior.randomEffects];
  const stuck = [...lengths.keys()].filter((c) => lengths[c] > 1 && quantities.every((q) => isConstantIn(q, c)));
  if (stuck.length === 0) return [];
  return [
    {
      code: "stuck-chain",
      message: `${chainList(stuck)} never moved: every draw is the same`,
      advice: "do not use the result; try another seed, a longer warm-up and stronger priors",
    },
  ];
}

function divergences(sampler: SamplerDiagnostics, targetAcceptance: unknown): Warning[] {
  if (sampler.divergences === 0) return [];
  const now = typeof targetAcceptance === "number" ? ` (now ${targetAcceptance})` : "";
  return [
    {
      code: "divergences",
      message: `${share(sampler.divergences, sampler.transitions)} diverged: parts of the posterior may be missing from the draws`,
      advice: `raise the target acceptance${now}, try another parametrization, or put stronger priors on the sds of the random effects`,
    },
  ];
}

function largeRhat(rows: readonly DiagnosedQuantity[], parametrization: unknown): Warning[] {
  const found = rows.flatMap(({ name, rhat }) =>
    rhat !== undefined && rhat > LARGEST_RHAT ? [{ name, value: rhat }] : [],
  );
  if (found.length === 0) return [];
  found.sort((a, b) => b.value - a.value);
  const other = parametrization === "transported" ? ", or try the parametrization noncentred" : "";
  return [
    {
      code: "rhat",
      message: `R-hat is above ${LARGEST_RHAT} for ${quantities(found.length)}: ${named(found, rhatText)}; the chains have not mixed well`,
      advice: `run longer, warm-up included${other}; if it stays, look for several modes or weakly identified parameters`,
    },
  ];
}

function smallEss(
  field: "essBulk" | "essTail",
  code: string,
  label: string,
  consequence: string,
  limit: number,
  rows: readonly DiagnosedQuantity[],
): Warning[] {
  const found = rows.flatMap((row) => {
    const value = row[field];
    return value !== undefined && value < limit ? [{ name: row.name, value }] : [];
  });
  if (found.length === 0) return [];
  found.sort((a, b) => a.value - b.value);
  return [
    {
      code,
      message: `${label} is below ${limit} (${LEAST_ESS_PER_CHAIN} a chain) for ${quantities(found.length)}: ${named(found, (value) => value.toFixed(0))}`,
      advice: `${consequence}: take more draws`,
    },
  ];
}

/** Of MCMC draws whose ESS is good; the guards of approximations have bounds of their own. */
function largeSdError({ record }: Posterior, rows: readonly DiagnosedQuantity[], leastEss: number): Warning[] {
  if (record.approximation !== undefined) return [];
  const found = rows.flatMap(({ name, sd = 0, mcseSd = 0, essBulk = 0, essTail = 0 }) =>
    Math.min(essBulk, essTail) >= leastEss && mcseSd > LARGEST_SD_ERROR * sd ? [{ name, value: mcseSd / sd }] : [],
  );
  if (found.length === 0) return [];
  found.sort((a, b) => b.value - a.value);
  const percent = (value: number) => `${(100 * value).toPrecision(2)}%`;
  return [
    {
      code: "sd-error",
      message: `the Monte Carlo error of the sd is above ${Number(percent(LARGEST_SD_ERROR).slice(0, -1))}% for ${quantities(found.length)}: ${named(found, percent)}; a few draws far out in a heavy tail make most of it`,
      advice: "report quantiles in place of mean and sd, take more draws, or put a prior with lighter tails on the sds",
    },
  ];
}

function undiagnosed(rows: readonly DiagnosedQuantity[]): Warning[] {
  const found = rows.filter((row) => [row.rhat, row.essBulk, row.essTail].some((value) => Number.isNaN(value)));
  if (found.length === 0) return [];
  const names = found.slice(0, NAMED).map((row) => row.name);
  return [
    {
      code: "no-diagnostics",
      message: `R-hat or ESS cannot be computed for ${quantities(found.length)}: ${withMore(names, found.length)}`,
      advice: "their draws are all the same, not finite, or fewer than six a chain: do not rely on them",
    },
  ];
}

function smallEbfmi(ebfmi: readonly number[]): Warning[] {
  const found = [...ebfmi.keys()].filter((chain) => ebfmi[chain] < EBFMI_LIMIT);
  if (found.length === 0) return [];
  const values = found.map((chain) => ebfmi[chain].toFixed(2)).join(", ");
  return [
    {
      code: "ebfmi",
      message: `E-BFMI is below ${EBFMI_LIMIT} in ${chainList(found)} (${values}): the tails are explored slowly`,
      advice: "run longer, try another parametrization, or put stronger priors on the sds of the random effects",
    },
  ];
}

function treeDepth(sampler: SamplerDiagnostics, limit: number | undefined): Warning[] {
  if (sampler.maxTreeDepthHits === 0) return [];
  return [
    {
      code: "tree-depth",
      message: `${share(sampler.maxTreeDepthHits, sampler.transitions)} stopped at the tree depth limit of ${limit}`,
      advice: "the draws are valid but costly: scale the covariates, use stronger priors, or raise the limit",
    },
  ];
}

/** Draws of each chain; empty where nothing was sampled. */
function chainLengths(posterior: Posterior): number[] {
  const marginal = posterior.parameters[0]?.marginal;
  return marginal?.kind === "draws" ? marginal.chains.map((chain) => chain.length) : [];
}

function isConstantIn({ marginal }: Quantity, chain: number): boolean {
  if (marginal.kind === "moments") return marginal.chains[chain].squares === 0;
  if (marginal.kind !== "draws") return false;
  const draws = marginal.chains[chain];
  return draws.every((draw) => draw === draws[0]);
}

/** "12 of 4000 transitions (0.3%)" */
function share(count: number, total: number): string {
  const percent = (100 * count) / total;
  return `${count} of ${total} transitions (${percent < 0.1 ? "under 0.1" : percent.toFixed(1)}%)`;
}

function quantities(count: number): string {
  return count === 1 ? "1 quantity" : `${count} quantities`;
}

/** "chain 2", "chains 1, 3", counted from 1. */
function chainList(chains: readonly number[]): string {
  return `chain${chains.length === 1 ? "" : "s"} ${chains.map((chain) => chain + 1).join(", ")}`;
}

/** "sd[subject, post] 1.083, beta[x] 1.020 and 3 more" */
function named(
  found: readonly { readonly name: string; readonly value: number }[],
  format: (value: number) => string,
): string {
  return withMore(
    found.slice(0, NAMED).map(({ name, value }) => `${name} ${format(value)}`),
    found.length,
  );
}

function withMore(shown: readonly string[], total: number): string {
  return total > shown.length ? `${shown.join(", ")} and ${total - shown.length} more` : shown.join(", ");
}
