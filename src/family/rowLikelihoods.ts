import type { Remainder, RowDerivatives } from "./Family.js";

/** The entry of a family's table of links; throws a RangeError that names those there are. */
export function byLink<Entry>(family: string, table: Readonly<Record<string, Entry>>, link: string): Entry {
  if (Object.hasOwn(table, link)) return table[link];
  throw new RangeError(`the mean of ${family} has no link "${link}"; its links are ${Object.keys(table).join(", ")}`);
}

export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

export function newRowDerivatives(): RowDerivatives {
  return { value: 0, dEta: 0, dEta2: 0, dEta3: 0, dDispersion: 0, dEtaDispersion: 0, dEta2Dispersion: 0 };
}

/** The remainder of a kernel whose family has no dispersion. */
export function constantRemainder(value: number): Remainder {
  return (_dispersion, out) => {
    out.dDispersion = 0;
    return value;
  };
}
