import type { AuxiliarySlot, Family, RowDerivatives } from "./Family.js";
import { newRowDerivatives } from "./rowLikelihoods.js";

/** A derivative by its name, with how it and what it is the derivative of are read. */
interface Compared {
  readonly name: string;
  read(at: RowDerivatives): number;
  of(at: RowDerivatives): number;
}

const inEta: readonly Compared[] = [
  { name: "dEta", read: (at) => at.dEta, of: (at) => at.value },
  { name: "dEta2", read: (at) => at.dEta2, of: (at) => at.dEta },
  { name: "dEta3", read: (at) => at.dEta3, of: (at) => at.dEta2 },
];

function inParameter(k: number, isOnlyOne: boolean): readonly Compared[] {
  const place = isOnlyOne ? "" : `[${k}]`;
  return [
    { name: `dPhi${place}`, read: (at) => at.dPhi[k], of: (at) => at.value },
    { name: `dEtaPhi${place}`, read: (at) => at.dEtaPhi[k], of: (at) => at.dEta },
    { name: `dEta2Phi${place}`, read: (at) => at.dEta2Phi[k], of: (at) => at.dEta2 },
  ];
}

/** Where derivatives are compared: linear predictors of every usual link, and responses of every usual support. */
const ETAS = [-0.7, 0.4, 1.3];
const RESPONSES = [0, 1, 2, 3, 0.5, 2.5, -1];
const TRIALS = 5;
/** Of auxiliary parameters. */
const PARAMETER = 0.8;
const PROBABILITY = 0.3;
const THRESHOLDS = [-0.4, 0.9];
/** Distance of central differences, and the relative error that they may show. */
const STEP = 1e-4;
const TOLERANCE = 1e-3;

/** What is wrong with the derivatives of a family's rows under a link, by central differences; the first of each kind. */
export function derivativeProblems(family: Family, link: string): string[] {
  const likelihood = family.rowLikelihood(link);
  const auxiliary = [...unwritten(family), ...family.slots.filter((slot) => slot.kind === "auxiliary")];
  const phi = auxiliary.map(insideSupport);
  const trials = family.slots.some(({ kind }) => kind === "data") ? TRIALS : 1;
  const responses = RESPONSES.filter((y) => family.checkResponse(y, trials) === null);
  const problems = new Map<string, string>();
  for (const y of responses)
    for (const eta of ETAS) {
      const at = (e: number, moved: readonly number[]) => {
        const out = newRowDerivatives(phi.length);
        likelihood.evaluate(y, trials, e, moved, 3, out);
        return out;
      };
      const here = at(eta, phi);
      if (!Number.isFinite(here.value)) continue;
      const compare = (compared: readonly Compared[], before: RowDerivatives, after: RowDerivatives) => {
        for (const { name, read, of } of compared) {
          const difference = (of(after) - of(before)) / (2 * STEP);
          if (problems.has(name) || isClose(read(here), difference)) continue;
          const others = auxiliary.map((slot, k) => `, ${slot.name} = ${phi[k]}`).join("");
          const off = `${read(here).toPrecision(4)} in place of ${difference.toPrecision(4)} by differences`;
          problems.set(name, `${name} of its "${link}" rows is wrong at y = ${y}, eta = ${eta}${others}: ${off}`);
        }
      };
      compare(inEta, at(eta - STEP, phi), at(eta + STEP, phi));
      phi.forEach((_, k) => {
        const moved = (by: number) => phi.map((value, j) => (j === k ? value + by : value));
        compare(inParameter(k, phi.length === 1), at(eta, moved(-STEP)), at(eta, moved(STEP)));
      });
    }
  return [...problems.values()];
}

/** What stands in phi before the auxiliary parameters: thresholds, or predictors of categories. */
function unwritten({ thresholds, isCategorical }: Family): Parameter[] {
  if (thresholds !== undefined) return THRESHOLDS.map((value, k) => ({ name: `threshold[${k + 1}]`, value }));
  return isCategorical === true ? [{ name: "mu of the third category", value: PARAMETER }] : [];
}

interface Parameter {
  readonly name: string;
  readonly support?: AuxiliarySlot["support"];
  readonly value?: number;
}

function insideSupport({ support, value }: Parameter): number {
  if (value !== undefined) return value;
  return support === "probability" ? PROBABILITY : PARAMETER;
}

/** A difference that is not finite stands at the end of the support, and tells nothing. */
function isClose(derivative: number, difference: number): boolean {
  if (!Number.isFinite(difference)) return true;
  return Math.abs(derivative - difference) <= TOLERANCE * (1 + Math.abs(difference));
}
