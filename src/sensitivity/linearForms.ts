/** A weighted sum of quantities by their names, and a number. */
export interface LinearForm {
  readonly terms: readonly { readonly name: string; readonly weight: number }[];
  readonly constant: number;
}

/** A term: a sign, a number with `*`, and a name whose brackets hold anything but brackets; or a number alone. */
const TERM =
  /\s*([+-])?\s*(?:(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)\s*\*\s*)?([A-Za-z][\w.]*(?:\[[^[\]]*\])?)(?:\s*\/\s*(\d+\.?\d*))?|(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+))\s*/iy;

/** A sum such as `beta[a] - 2 * beta[b] + 1`; null of what is none. */
export function linearForm(text: string): LinearForm | null {
  const terms: { name: string; weight: number }[] = [];
  let constant = 0;
  TERM.lastIndex = 0;
  for (let isFirst = true; isFirst || TERM.lastIndex < text.length; isFirst = false) {
    const found = TERM.exec(text);
    if (found === null || (!isFirst && found[1] === undefined)) return null;
    const [, sign, factor, name, divisor, number] = found;
    const signed = sign === "-" ? -1 : 1;
    if (name === undefined) constant += signed * Number(number);
    else
      terms.push({
        name: name.replaceAll(/\s*,\s*/g, ", "),
        weight: (signed * Number(factor ?? 1)) / Number(divisor ?? 1),
      });
  }
  return { terms, constant };
}

/** Its values, S of each name. */
export function valuesOf(
  { terms, constant }: LinearForm,
  size: number,
  read: (name: string) => Float64Array,
): Float64Array {
  const total = new Float64Array(size).fill(constant);
  for (const { name, weight } of terms) {
    const values = read(name);
    for (let s = 0; s < size; s++) total[s] += weight * values[s];
  }
  return total;
}
