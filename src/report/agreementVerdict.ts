import type {
  EngineAgreement,
  EngineColumn,
  EngineComparison,
  OutsideStanding,
  ParameterAgreement,
} from "../summary/Agreement.js";
import { plural } from "./layout.js";
import { formatError, formatStatistic } from "./numbers.js";

/** How many parameters of an engine a sentence names. */
const NAMED = 2;
/** Intervals whose widths differ by less are not said to. */
const NEGLIGIBLE_SPREAD = 0.1;

/** Which engine to believe and why, which ones are off and by how much: one paragraph each. */
export function agreementVerdict(comparison: EngineComparison): string[] {
  const { agreements } = comparison;
  return [
    belief(comparison),
    ...agreements.filter(({ cause }) => cause !== null).map((engine) => offence(engine, comparison)),
    ...accord(comparison),
    ...absence(
      comparison.refused.filter(({ isDefect }) => !isDefect).map(({ engine }) => engine),
      "did not serve the model, for what is said under Engines",
    ),
    ...absence(
      comparison.refused.filter(({ isDefect }) => isDefect).map(({ engine }) => engine),
      "failed unexpectedly, as is said under Engines",
    ),
    ...absence(comparison.stopped, "had not ended when the comparison was stopped"),
  ];
}

/** What differences from the reference are measured in. */
export function unitOf(comparison: EngineComparison): string {
  return columnOf(comparison, comparison.reference)?.kind === "likelihood" ? "standard errors" : "sds";
}

function absence(engines: readonly string[], why: string): string[] {
  return engines.length === 0 ? [] : [`${engines.join(", ")} ${why}.`];
}

function columnOf({ engines }: EngineComparison, name: string): EngineColumn | undefined {
  return engines.find(({ engine }) => engine === name);
}

function belief(comparison: EngineComparison): string {
  const { reference } = comparison;
  const column = columnOf(comparison, reference);
  if (column === undefined) return "";
  if (column.trust.isTrusted) return `Believe ${reference}: ${column.trust.reason}.`;
  return `Believe none of them as it is. ${reference} is the best there is, but ${column.trust.reason}.`;
}

function accord(comparison: EngineComparison): string[] {
  const { reference, agreements } = comparison;
  const agreeing = agreements.filter(({ cause }) => cause === null);
  if (agreeing.length === 0) return [];
  const limits = [...new Set(agreeing.map(({ limit }) => limit))].map((limit) => {
    const names = agreeing.filter((engine) => engine.limit === limit).map(({ engine }) => engine);
    return `${names.join(", ")} within ${limit}`;
  });
  const noise = agreeing.some(isNoisy) ? " or its Monte Carlo noise" : "";
  const dubious = agreeing.filter(({ engine }) => columnOf(comparison, engine)?.trust.isTrusted === false);
  return [
    `No disagreement with ${reference}: ${limits.join(", ")} of its ${unitOf(comparison)}${noise} for every parameter.`,
    ...dubious.map(({ engine }) => `${engine} agrees, though its own check does not trust it.`),
  ];
}

/** Whether it agrees only because what is beyond the limit may be noise. */
function isNoisy({ parameters, limit }: EngineAgreement): boolean {
  return parameters.some(({ difference }) => Math.abs(difference) > limit);
}

function offence(engine: EngineAgreement, comparison: EngineComparison): string {
  const unit = unitOf(comparison) === "sds" ? "posterior sds" : `standard errors of ${comparison.reference}`;
  const shown = engine.off.slice(0, NAMED).map((row) => offenceOf(row, unit));
  const more = engine.off.length - shown.length;
  if (more > 0) shown.push(plural(more, "other parameter"));
  if (engine.off.length === 0 && engine.effects !== null)
    shown.push(`its random effects by ${formatStatistic(engine.effects.typical)} ${unit} as a rule`);
  return `${engine.engine} is off: ${shown.join(", ")}. ${reasonFor(engine, comparison)}${shortfall(engine, comparison)}`;
}

function offenceOf({ name, difference, widthRatio, distance }: ParameterAgreement, unit: string): string {
  if (Math.abs(difference) > 0.5 * distance || Number.isNaN(distance))
    return `${name} by ${signed(difference)} ${unit}`;
  if (Math.abs(widthRatio - 1) > NEGLIGIBLE_SPREAD)
    return `${name} in spread, its interval ${formatError(widthRatio)} times as wide`;
  return `${name} in shape, its marginal ${distance.toFixed(2)} ${unit} away`;
}

/** "+1.63" */
export function signed(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const text = value.toFixed(2);
  if (Number(text) === 0) return "0.00";
  return value > 0 ? `+${text}` : text;
}

function reasonFor({ engine, cause }: EngineAgreement, comparison: EngineComparison): string {
  const column = columnOf(comparison, engine);
  const isSampled = [engine, comparison.reference].includes("nuts");
  switch (cause) {
    case "untrusted":
      return column?.trust.isTrusted === false
        ? `As it says itself, ${column.trust.reason}.`
        : "Neither can be taken as the truth, for what it is measured against is not to be trusted.";
    case "approximation":
      return approximationReason(column?.approximation, comparison);
    case "approximation-or-shape":
      return (
        `It takes ${column?.approximation === "pql" ? "penalised quasi-likelihood" : "Laplace's approximation"} in place of the likelihood, ` +
        "and prior and skewed likelihoods too set a posterior mean apart from a maximum: no exact maximum is among the " +
        "engines to tell how much comes of which."
      );
    case "restricted":
      return (
        "Restricted maximum likelihood estimates variances after the fixed effects are allowed for, which is another likelihood: " +
        "neither is wrong, and the fewer the rows or levels to a fixed effect, the further they are apart."
      );
    case "boundary":
      return (
        "The likelihood is nearly flat in a variance or a correlation and largest at the end of its range, where maximum likelihood " +
        "stands; the posterior averages over all values that the data allow. Believe the posterior, and look at its prior."
      );
    case "prior-conflict":
      return (
        "Prior and likelihood are in conflict, about what the warnings name: the posterior mode is drawn from the maximum of the " +
        "likelihood by the prior. Look at that prior; where it does not say what is known, change it."
      );
    case "prior":
      return (
        "The prior draws the posterior mode from the maximum of the likelihood, though the likelihood does not contradict it: the data " +
        "say little beside the prior. Neither is wrong."
      );
    case "skewness":
      return (
        "The likelihood is skewed: its maximum is not where most of its mass is. Both are right by their own account; for intervals " +
        "believe the posterior, or --intervals profile of maximum likelihood."
      );
    default:
      return `Why cannot be told; ${isSampled ? "run longer chains, and " : ""}look at the warnings.`;
  }
}

function approximationReason(approximation: EngineColumn["approximation"] | undefined, comparison: EngineComparison) {
  const { facts } = comparison;
  if (approximation === "conditional")
    return "It conditions on the totals of the strata, which is another likelihood than that of the model.";
  const what =
    approximation === "pql"
      ? "Penalised quasi-likelihood draws variances and coefficients towards zero"
      : "Laplace's approximation of the likelihood is biased";
  if (facts.rowsPerLevel === null) return `${what}.`;
  const { factor, rows } = facts.rowsPerLevel;
  const response = facts.isBinary ? "binary responses" : "responses";
  return `${what} where clusters are small and tell little: ${plural(rows, "row")} of ${response} in a typical level of ${factor}.`;
}

/** How much lower the exact likelihood is at an engine's estimates than at its maximum. */
function shortfall({ engine }: EngineAgreement, comparison: EngineComparison): string {
  if (columnOf(comparison, engine)?.kind !== "likelihood") return "";
  const own = comparison.logLikelihoods.find((row) => row.engine === engine)?.value ?? null;
  const best = Math.max(...comparison.logLikelihoods.map(({ value }) => value ?? Number.NEGATIVE_INFINITY));
  if (own === null || !(best - own > 0.01)) return "";
  return ` The exact log-likelihood at its estimates is ${formatStatistic(best - own)} below its maximum.`;
}

/** What a fit made elsewhere comes to, in words. */
export function outsideVerdict(standing: OutsideStanding): string {
  const { optimum, shortfall, absent, unmatched, recoded } = standing;
  const known = shortfall === null ? "" : ` Our log-likelihood at its estimates is ${height(shortfall)} our maximum.`;
  const partial = absent.length === 0 ? "" : ` It says nothing of ${absent.join(", ")}.`;
  const strangers =
    unmatched.length === 0 ? "" : ` ${plural(unmatched.length, "estimate")} of it could not be matched to the model.`;
  const coding =
    recoded.length === 0
      ? ""
      : ` It holds ${recoded.join(", ")} at 0, as a reference level: its factors are coded against other levels than the model's. To compare, have them alike, as by relevel(x, "level") in the formula.`;
  return sentence(standing, optimum) + known + partial + strangers + coding;
}

/** "3.53 below", or "within 0.01 of" */
function height(shortfall: number): string {
  if (Math.abs(shortfall) < 0.01) return "within 0.01 of";
  return `${formatStatistic(Math.abs(shortfall))} ${shortfall > 0 ? "below" : "above"}`;
}

function sentence({ judgement, absent }: OutsideStanding, optimum: string | null): string {
  switch (judgement.kind) {
    case "same-optimum":
      if (absent.length > 0) return `What it estimates stands at the maximum of ${optimum}.`;
      return `Same model, same optimum: it stands at the maximum of ${optimum}.`;
    case "other-method":
      return `Same model by another method: its estimates are those of ${judgement.engine}, not of ${optimum}.`;
    case "near":
      return `Near our optimum, but not at it: the same model by a rougher method, posterior means, a search that ended early, or a model that is nearly the same.`;
    case "different":
      return `Not the same: another model, other data or coding, or a search that has not found the maximum of ${optimum}.`;
    default:
      return "There is no maximum of ours to hold it against.";
  }
}
