import { type ParameterRole, parameterRoles } from "../density/quantities.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { type Cell, csvLine } from "./csvLine.js";

/** Columns of a tidy table, those of broom.mixed's `tidy(effects = c("fixed", "ran_pars", "ran_vals"))`. */
const ofBoth = ["effect", "component", "group", "level", "term", "estimate", "std.error", "conf.low", "conf.high"];
const columns = {
  posterior: [...ofBoth, "rhat", "ess"],
  ml: [...ofBoth, "statistic", "df", "p.value"],
} as const;

/** What a row is about: the first five cells. */
type Subject = readonly [effect: string, component: string, group: string | null, level: string | null, term: string];

/**
 * The lines of a tidy table: a row a parameter and a random effect. Means and sds of a posterior with its intervals, R-hat and bulk ESS; estimates of maximum
 * likelihood with standard errors, intervals and tests, and conditional modes of the random effects with their conditional sds.
 */
export function* tidyTable(fit: Fit | MlFit): Generator<string, void> {
  yield csvLine("ml" in fit ? columns.ml : columns.posterior);
  for (const row of "ml" in fit ? mlRows(fit) : posteriorRows(fit)) yield csvLine(row);
}

function* posteriorRows(fit: Fit): Generator<readonly Cell[], void> {
  const roles = parameterRoles(fit.design);
  const { parameters, randomEffects } = fit.summary();
  for (const [k, { mean, sd, lower, upper, rhat, essBulk }] of parameters.entries())
    yield [...parameterSubject(fit, roles[k]), mean, sd, lower, upper, rhat ?? null, essBulk ?? null];
  const components = effectComponents(fit);
  for (const [k, { factor, level, coefficient, mean, sd, lower, upper, rhat, essBulk }] of randomEffects.entries()) {
    const subject = effectSubject(components[k], factor, level, coefficient);
    yield [...subject, mean, sd, lower, upper, rhat ?? null, essBulk ?? null];
  }
}

function* mlRows(fit: MlFit): Generator<readonly Cell[], void> {
  const { parameters, effects } = fit.ml;
  const { quantities } = fit.compiled;
  const roles = parameterRoles(fit.design);
  for (const { name, estimate, standardError, lower, upper, statistic, degreesOfFreedom, pValue } of parameters) {
    const subject = parameterSubject(fit, roles[quantities.parameters.indexOf(name)]);
    const test = [statistic ?? null, degreesOfFreedom ?? null, pValue ?? null];
    yield [...subject, estimate, standardError, lower, upper, ...test];
  }
  if (effects === null) return;
  const components = effectComponents(fit);
  const [modes, sds] = [effects.modes, effects.sds].map((parts) => parts.flatMap((part) => Array.from(part)));
  for (const [k, { factor, level, coefficient }] of quantities.randomEffects.entries())
    yield [
      ...effectSubject(components[k], factor, level, coefficient),
      ...[modes[k], sds[k], null, null, null, null, null],
    ];
}

function parameterSubject({ compiled }: Fit | MlFit, role: ParameterRole): Subject {
  const component = componentOf(role.prefix);
  switch (role.kind) {
    case "coefficient":
      return ["fixed", component, null, null, termOf(role.coefficient)];
    case "sd":
      return ["ran_pars", component, role.factor, null, `sd__${termOf(role.coefficient)}`];
    case "correlation":
      return ["ran_pars", component, role.factor, null, `cor__${role.coefficients.map(termOf).join(".")}`];
    default:
      return compiled.family.dispersionIsSd === true
        ? ["ran_pars", component, "Residual", null, "sd__Observation"]
        : ["ran_pars", component, null, null, role.parameter];
  }
}

function effectSubject(component: string, factor: string, level: string, coefficient: string): Subject {
  return ["ran_vals", component, factor, level, termOf(coefficient)];
}

/** "cond" is what glmmTMB and brms call the mean; another predictor goes by its parameter. */
function componentOf(prefix: string): string {
  return prefix === "" ? "cond" : prefix.slice(0, -1);
}

function effectComponents({ design, compiled }: Fit | MlFit): string[] {
  const prefixes = design.predictors.slice(1).map(({ parameter }) => `${parameter}.`);
  return compiled.quantities.randomEffects.map(({ name }) =>
    componentOf(prefixes.find((prefix) => name.startsWith(`${prefix}b[`)) ?? ""),
  );
}

function termOf(coefficient: string): string {
  return coefficient === "Intercept" ? "(Intercept)" : coefficient;
}
