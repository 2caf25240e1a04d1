import type { EngineEvidence, EvidenceComparison } from "../summary/Evidence.js";

/** What the marginal likelihoods of two models come to, in words, for a person who must decide. */
export function evidenceVerdict({ engines, models }: EvidenceComparison): string {
  const decisive = decisiveEngine(engines);
  if (decisive === undefined)
    return "No engine has a Bayes factor to rely on: the warnings tell why. Sample both models by nuts and compare by how well they predict.";
  const defaults = models.some(({ priors }) => priors.some(({ origin }) => origin === "default"))
    ? " Some of them are defaults, which follow the scale of the data: take the factor for an illustration."
    : "";
  return `${finding(decisive)} It hangs on the priors of both models, which stand below: by other priors it is another.${defaults}`;
}

/** The first with a Bayes factor. */
export function decisiveEngine(engines: readonly EngineEvidence[]): EngineEvidence | undefined {
  return engines.find(({ bayesFactor }) => bayesFactor !== null);
}

function finding({ engine, bayesFactor }: EngineEvidence): string {
  const { log, probabilities } = bayesFactor ?? { log: 0, probabilities: { A: 0.5, B: 0.5 } };
  const [favoured, other] = log >= 0 ? (["A", "B"] as const) : (["B", "A"] as const);
  const factor = `the Bayes factor of ${favoured} against ${other} is ${formatFactor(Math.abs(log))} by ${engine}`;
  const strength = strengthOf(2 * Math.abs(log));
  const scale = "on the scale of Kass and Raftery (1995)";
  if (strength === null)
    return `The data hardly tell A from B: ${factor}, not worth more than a bare mention ${scale}.`;
  return (
    `The data favour ${favoured}: ${factor}, ${strength} evidence ${scale}, ` +
    `and at even prior odds its probability is ${formatProbability(probabilities[favoured]).replace(">", "above ")}.`
  );
}

/** Kass and Raftery (1995), section 3.2, by twice the log of the Bayes factor; null for what is worth no more than a bare mention. */
function strengthOf(twiceLog: number): string | null {
  if (twiceLog <= 2) return null;
  if (twiceLog <= 6) return "positive";
  return twiceLog <= 10 ? "strong" : "very strong";
}

/** A Bayes factor by its log: "6.52", "1.3e+12", and "e^812.3" where no number holds it. */
export function formatFactor(log: number): string {
  const factor = Math.exp(log);
  if (factor === 0 || factor === Number.POSITIVE_INFINITY) return `e^${log.toFixed(1)}`;
  return factor >= 1e-4 && factor < 1e6 ? String(Number(factor.toPrecision(3))) : factor.toExponential(1);
}

/** "0.867", and ">0.999" rather than 1. */
export function formatProbability(probability: number): string {
  if (probability > 0.999) return ">0.999";
  return probability < 0.001 ? "<0.001" : probability.toFixed(3);
}
