import type { Family, RowDerivatives } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import type { Link } from "../../src/family/Link.js";
import { links } from "../../src/family/links.js";

export function familyNamed(name: string): Family {
  const family = families.find((each) => each.name === name);
  if (family === undefined) throw new RangeError(`no family ${name}`);
  return family;
}

export function linkNamed(name: string): Link {
  const link = links.find((each) => each.name === name);
  if (link === undefined) throw new RangeError(`no link ${name}`);
  return link;
}

export function meanLinks(family: Family): readonly string[] {
  return family.slots.flatMap((slot) => (slot.kind === "mean" ? slot.links : []));
}

export function hasDispersion(family: Family): boolean {
  return family.slots.some((slot) => slot.kind === "dispersion");
}

/** Every family with each of its mean's links. */
export const familyLinks = families.flatMap((family) => meanLinks(family).map((link) => [family.name, link] as const));

/** All derivatives of one row, in an object of its own. */
export function evaluate(
  family: string,
  link: string,
  y: number,
  trials: number,
  eta: number,
  dispersion: number,
): RowDerivatives {
  const out = {
    value: NaN,
    dEta: NaN,
    dEta2: NaN,
    dEta3: NaN,
    dDispersion: NaN,
    dEtaDispersion: NaN,
    dEta2Dispersion: NaN,
  };
  familyNamed(family).rowLikelihood(link).evaluate(y, trials, eta, dispersion, 3, out);
  return out;
}

const meanRanges: Readonly<Record<string, readonly [number, number]>> = {
  normal: [0.1, 5],
  bernoulli: [0.02, 0.98],
  binomial: [0.02, 0.98],
  poisson: [0.05, 90],
  negative_binomial: [0.05, 90],
};

/** Means that every link of the family takes, neither extreme nor tame. */
export function meanRange(family: string): readonly [number, number] {
  if (!Object.hasOwn(meanRanges, family))
    throw new RangeError(`give ${family} a range of means in test/family/support.ts`);
  return meanRanges[family];
}
