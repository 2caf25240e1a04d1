import { factorOf } from "../../src/compare/evidence/bayesFactor.js";
import type { EvidenceReport } from "../../src/report/evidenceTextReport.js";
import type { EvidenceFit } from "../../src/summary/Evidence.js";

const intercept = {
  name: "beta[Intercept]",
  mean: 1.0712,
  sd: 0.1412,
  median: 1.07,
  q5: 0.84,
  q95: 1.3,
  lower: 0.84,
  upper: 1.3,
};
const post = {
  name: "beta[post]",
  mean: -0.30613,
  sd: 0.1502,
  median: -0.306,
  q5: -0.55,
  q95: -0.06,
  lower: -0.55,
  upper: -0.06,
};

function fitOf(label: "A" | "B", parameters: EvidenceFit["parameters"], importance: number): EvidenceFit {
  return {
    label,
    parameters,
    approximation: {
      integration: "aghq",
      points: 5,
      logMarginalLikelihood: importance,
      logMarginalLikelihoods: { importance, integration: importance + 0.01 },
      guard: {
        paretoK: 0.1,
        effectiveSampleSize: 200,
        draws: 256,
        isTrusted: true,
        verdict: "good: Pareto k 0.10",
        advice: "",
      },
    },
    seconds: 0.1,
  };
}

/** A report on models whose log marginal likelihoods differ by `log`. */
export function evidenceReportOf(log: number): EvidenceReport {
  const fits = [fitOf("A", [intercept, post], -944.9 + log), fitOf("B", [intercept], -944.9)] as const;
  const prior = { name: "intercept", distribution: "normal(0, 5)", truncatedTo: null, origin: "model" } as const;
  return {
    observations: 295,
    droppedRows: 3,
    groups: [{ name: "subject", levels: 59 }],
    models: [
      {
        label: "A",
        text: "count ~ poisson(mu)\nlog(mu) = 1 + post + (1 | subject)\nprior intercept ~ normal(0, 5)",
        family: "poisson",
        priors: [prior, { ...prior, name: "beta[post]", distribution: "normal(0, 1)" }],
      },
      { label: "B", text: "count ~ poisson(mu)\nlog(mu) = 1 + (1 | subject)", family: "poisson", priors: [prior] },
    ],
    engines: [{ engine: "inla", fits, bayesFactor: factorOf(fits[0].approximation, fits[1].approximation) }],
    notes: [],
    warnings: [],
    seconds: { read: 0.01, total: 1.2 },
  };
}
