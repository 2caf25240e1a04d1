import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { type Cell, csvLine } from "./csvLine.js";

/** Two lines of facts about a whole fit; a criterion that there is none of is missing. */
export function* glanceTable(fit: Fit | MlFit): Generator<string, void> {
  const facts = "ml" in fit ? mlFacts(fit) : posteriorFacts(fit);
  yield csvLine(facts.map(([name]) => name));
  yield csvLine(facts.map(([, value]) => value));
}

type Facts = readonly (readonly [string, Cell])[];

function mlFacts({ ml, criteria, design }: MlFit): Facts {
  return [
    ["algorithm", `ml (${ml.reml ? "REML, " : ""}${ml.method})`],
    ["nobs", design.rows],
    ["sigma", ml.parameters.find(({ name }) => name === "sigma")?.estimate ?? null],
    ["logLik", ml.logLikelihood],
    ["AIC", criteria?.aic ?? null],
    ["BIC", criteria?.bic ?? null],
    ["npar", ml.parameterCount],
    ["converged", ml.convergence.converged ? 1 : 0],
  ];
}

function posteriorFacts(fit: Fit): Facts {
  const { record } = fit.posterior;
  const { parameters } = fit.summary();
  const largest = parameters.flatMap(({ rhat }) => (rhat === undefined ? [] : [rhat]));
  const divergent = record.chains.map((chain) => chain.divergent.reduce((total, one) => total + one, 0));
  return [
    ["algorithm", fit.engine],
    ["nobs", fit.design.rows],
    ["sigma", parameters.find(({ name }) => name === "sigma")?.mean ?? null],
    ["chains", record.chains.length || null],
    ["logMarginalLikelihood", record.approximation?.logMarginalLikelihood ?? null],
    ["pareto.k", record.approximation?.guard.paretoK ?? null],
    ["max.rhat", largest.length === 0 ? null : Math.max(...largest)],
    ["divergent", divergent.length === 0 ? null : divergent.reduce((total, one) => total + one, 0)],
    ["warnings", fit.warnings().length],
  ];
}
