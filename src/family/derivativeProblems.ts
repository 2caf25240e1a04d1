import type { Family, RowDerivatives, RowLikelihood } from "./Family.js";

type Derivative = Exclude<keyof RowDerivatives, "value">;

/** Each derivative with what it is the derivative of, in eta and in the dispersion. */
const byEta: readonly (readonly [Derivative, keyof RowDerivatives])[] = [
  ["dEta", "value"],
  ["dEta2", "dEta"],
  ["dEta3", "dEta2"],
];
const byDispersion: readonly (readonly [Derivative, keyof RowDerivatives])[] = [
  ["dDispersion", "value"],
  ["dEtaDispersion", "dEta"],
  ["dEta2Dispersion", "dEta2"],
];

/** Where derivatives are compared: linear predictors of every usual link, and responses of every usual support. */
const ETAS = [-0.7, 0.4, 1.3];
const RESPONSES = [0, 1, 2, 3, 0.5, 2.5, -1];
const TRIALS = 5;
const DISPERSION = 0.8;
/** Distance of central differences, and the relative error that they may show. */
const STEP = 1e-4;
const TOLERANCE = 1e-3;

/** What is wrong with the derivatives of a family's rows under a link, by central differences; the first of each kind. */
export function derivativeProblems(family: Family, link: string): string[] {
  const likelihood = family.rowLikelihood(link);
  const has = (kind: "data" | "dispersion") => family.slots.some((slot) => slot.kind === kind);
  const trials = has("data") ? TRIALS : 1;
  const responses = RESPONSES.filter((y) => family.checkResponse(y, trials) === null);
  const problems = new Map<Derivative, string>();
  for (const y of responses)
    for (const eta of ETAS) {
      const at = (e: number, dispersion: number) => evaluated(likelihood, y, trials, e, dispersion);
      const here = at(eta, DISPERSION);
      const compare = (pairs: typeof byEta, before: RowDerivatives, after: RowDerivatives) => {
        for (const [name, of] of pairs) {
          const difference = (after[of] - before[of]) / (2 * STEP);
          if (problems.has(name) || isClose(here[name], difference)) continue;
          const place = `y = ${y}, eta = ${eta}${has("dispersion") ? `, dispersion = ${DISPERSION}` : ""}`;
          const off = `${here[name].toPrecision(4)} in place of ${difference.toPrecision(4)} by differences`;
          problems.set(name, `${name} of its "${link}" rows is wrong at ${place}: ${off}`);
        }
      };
      if (!Number.isFinite(here.value)) continue;
      compare(byEta, at(eta - STEP, DISPERSION), at(eta + STEP, DISPERSION));
      if (has("dispersion")) compare(byDispersion, at(eta, DISPERSION - STEP), at(eta, DISPERSION + STEP));
    }
  return [...problems.values()];
}

function evaluated(likelihood: RowLikelihood, y: number, trials: number, eta: number, dispersion: number) {
  const out = { value: 0, dEta: 0, dEta2: 0, dEta3: 0, dDispersion: 0, dEtaDispersion: 0, dEta2Dispersion: 0 };
  likelihood.evaluate(y, trials, eta, dispersion, 3, out);
  return out;
}

/** A difference that is not finite stands at the end of the support, and tells nothing. */
function isClose(derivative: number, difference: number): boolean {
  if (!Number.isFinite(difference)) return true;
  return Math.abs(derivative - difference) <= TOLERANCE * (1 + Math.abs(difference));
}
