import type { SimulatedReference } from "../summary/SimulatedReference.js";
import type { CompareReport, FitColumn, RelationReport, TestReport } from "./CompareReport.js";
import { formatError, formatProbability, formatStatistic } from "./numbers.js";

/** The usual level, for a word; the p value stands beside it. */
const LEVEL = 0.05;

/** What a comparison comes to, in words, for a person who must decide. */
export function verdict(report: CompareReport): string {
  const caution = report.isTrusted ? [] : ["Do not rely on this before the warnings are dealt with."];
  return [...caution, finding(report), overdispersion(report), criteria(report)]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function finding({ relation, test, fits }: CompareReport): string {
  if (relation.kind === "equivalent")
    return "A and B are the same model, whatever their coding: there is nothing to test.";
  if (relation.kind === "not-nested") {
    const has = Object.entries(relation.differences).map(([label, what]) => `${label} has ${what.join(" and ")}`);
    return `Neither model is found to be a special case of the other, so that there is no likelihood-ratio test: ${has.join("; ")}.`;
  }
  const larger = fits.find(({ label }) => label !== relation.smaller);
  return test === null || larger === undefined ? "" : tested(relation, test, larger.label);
}

function tested(
  { smaller, restrictions }: Extract<RelationReport, { kind: "nested" }>,
  test: TestReport,
  larger: string,
): string {
  const held = restrictions.map(({ what }) => what).join(" and ");
  const p = probability(test);
  const [least, most] = boundsOf(test);
  if (most < LEVEL)
    return `${larger} is to be preferred: ${smaller} lacks ${held}, and fits worse than chance alone would make it (${p}).`;
  if (least >= LEVEL)
    return `${smaller} will do: it lacks ${held}, and fits no worse than chance alone would make it (${p}), which proves no absence.`;
  return (
    `Undecided: ${smaller} lacks ${held}, and the bounds of p lie on both sides of ${LEVEL} (${p}); ` +
    `--reference bootstrap tells, by responses simulated from ${smaller} and fitted by both models.`
  );
}

/** What it means for standard errors that the smaller model leaves out variation of counts that the data show. */
function overdispersion({ relation, test, fits, notes }: CompareReport): string {
  if (relation.kind !== "nested" || test === null || boundsOf(test)[1] >= LEVEL) return "";
  if (!notes.some(({ code }) => code === "overdispersion")) return "";
  const smaller = fits.find(({ label }) => label === relation.smaller);
  const larger = fits.find(({ label }) => label !== relation.smaller);
  const errorsOf = (name: string) =>
    [smaller, larger].map((fit) => fit?.parameters.find((row) => row.name === name)?.standardError ?? Number.NaN);
  const ratios = (smaller?.parameters ?? [])
    .filter(({ name }) => name.startsWith("beta["))
    .map(({ name }) => ({ name, errors: errorsOf(name) }))
    .filter(({ errors: [less, more] }) => more > less)
    .sort((a, b) => b.errors[1] / b.errors[0] - a.errors[1] / a.errors[0]);
  const start = `The counts are overdispersed, which ${relation.smaller} does not allow for`;
  const [worst] = ratios;
  if (worst === undefined) return `${start}.`;
  const [less, more] = worst.errors;
  return `${start}: its standard error of ${worst.name} is ${formatError(less)}, that of the other ${formatError(more)}, ${formatStatistic(more / less)} times as large.`;
}

function probability(test: TestReport): string {
  const text = formatPValue(test);
  return /^\d+(\.\d+)?(e-\d+)?$/.test(text) ? `p = ${text}` : `p ${text}`;
}

/** Between what the p value lies: a simulated one is one number. */
function boundsOf({ pValue, anticonservative, simulated }: TestReport): readonly [number, number] {
  return simulated === null ? [anticonservative?.pValue ?? pValue, pValue] : [simulated.pValue, simulated.pValue];
}

/** "0.0123", or "between 0.0123 and 0.0456" where only bounds are known. */
export function formatPValue(test: TestReport): string {
  const [least, most] = boundsOf(test).map(formatProbability);
  return least === most ? most : `between ${least} and ${most}`;
}

function criteria({ fits, relation, warnings }: CompareReport): string {
  if (relation.kind === "equivalent" || warnings.some(({ code }) => code === "different-measures")) return "";
  return `AIC ${preference(fits, "aic")}, BIC ${preference(fits, "bic")}.`;
}

function preference(fits: readonly FitColumn[], key: "aic" | "bic"): string {
  const [best, second] = [...fits].sort((a, b) => a[key] - b[key]);
  const difference = formatStatistic(second[key] - best[key]);
  return difference === "0" ? "prefers neither" : `prefers ${best.label} by ${difference}`;
}

/** By what distribution a p value was computed, in words. */
export function referenceLines(test: TestReport): string[] {
  const { simulated } = test;
  if (simulated === null) return largeSampleLines(test);
  const largeSamples = { ...test, simulated: null };
  return [
    ...simulatedLines(simulated),
    `in large samples: p ${formatPValue(largeSamples)}, ${largeSampleLines(largeSamples).join("; ")}`,
  ];
}

/** "responses simulated from the smaller model, fitted by both: 1000, 12 statistics as large" */
function simulatedLines({
  kind,
  isApproximate,
  replicates,
  failed,
  untrusted,
  larger,
  error,
  zeros,
}: SimulatedReference) {
  const counts = `${larger} of ${replicates} statistics as large`;
  const of =
    kind === "bootstrap"
      ? "responses simulated from the smaller model and fitted by both (parametric bootstrap)"
      : "exact in finite samples, simulated (Crainiceanu & Ruppert 2004)";
  const left = [
    ...(failed === 0 ? [] : [`${failed} pairs of fits failed and are left out`]),
    ...(untrusted === 0 ? [] : [`${untrusted} perhaps not at their maximum`]),
  ];
  return [
    of,
    ...(isApproximate
      ? ["without the other random effects, whose variances have little part in it (Greven et al. 2008)"]
      : []),
    [
      `${counts}, ${formatStatistic(100 * zeros)}% are zero; Monte Carlo error of p ${formatError(error)}`,
      ...left,
    ].join("; "),
  ];
}

function largeSampleLines(test: TestReport): string[] {
  const { reference, anticonservative } = test;
  if (anticonservative !== null)
    return [
      "several parameters at the end of their range: the weights of the mixture have no simple form",
      `conservative: ${mixture(reference)}`,
      `anti-conservative: ${mixture(anticonservative.reference)}`,
    ];
  const why = reference.length === 1 ? "" : ": one parameter at the end of its range";
  return [mixture(reference) + why];
}

/** "50:50 mixture of chi-square with 1 and 2 degrees of freedom" */
function mixture(reference: TestReport["reference"]): string {
  const degrees = reference.map(({ degreesOfFreedom }) => degreesOfFreedom);
  const positive = degrees.filter((degree) => degree > 0);
  const chiSquare = `chi-square with ${positive.join(" and ")} degree${positive.join() === "1" ? "" : "s"} of freedom`;
  if (degrees.length === 1) return chiSquare;
  return `50:50 mixture of ${degrees.includes(0) ? "a point mass at 0 and " : ""}${chiSquare}`;
}
