import type { Family, Remainder, RowDerivatives, RowLikelihood } from "./Family.js";
import { areInside } from "./supports.js";

/** The entry of a family's table of links; throws a RangeError that names those there are. */
export function byLink<Entry>(family: string, table: Readonly<Record<string, Entry>>, link: string): Entry {
  if (Object.hasOwn(table, link)) return table[link];
  throw new RangeError(`the mean of ${family} has no link "${link}"; its links are ${Object.keys(table).join(", ")}`);
}

/**
 * The rows of a family that is made of another one, under the links of the other's mean; -Infinity where a parameter is outside its interval, though the other's
 * parameters say nothing of the response.
 */
export function rowsMadeOf(
  base: Family,
  { name, slots }: Pick<Family, "name" | "slots">,
  made: (rows: RowLikelihood) => RowLikelihood,
): Family["rowLikelihood"] {
  const links = slots.flatMap((slot) => (slot.kind === "mean" ? slot.links : []));
  const byName = Object.fromEntries(links.map((link) => [link, () => made(base.rowLikelihood(link))]));
  return (link) => {
    const rows = byLink(name, byName, link)();
    return {
      evaluate(y, trials, eta, phi, order, out) {
        rows.evaluate(y, trials, eta, phi, order, out);
        if (!areInside(slots, phi)) out.value = Number.NEGATIVE_INFINITY;
      },
    };
  };
}

export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

/** Zeros, for a family with so many parameters besides its mean. */
export function newRowDerivatives(parameters: number): RowDerivatives {
  const [dPhi, dEtaPhi, dEta2Phi] = [0, 0, 0].map(() => new Float64Array(parameters));
  return { value: 0, dEta: 0, dEta2: 0, dEta3: 0, dPhi, dEtaPhi, dEta2Phi };
}

/** The remainder of a kernel whose family has no dispersion. */
export function constantRemainder(value: number): Remainder {
  return (_dispersion, out) => {
    out.dDispersion = 0;
    return value;
  };
}
