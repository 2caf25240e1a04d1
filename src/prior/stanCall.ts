/** A function of Stan with these numbers after its argument: "normal_lpdf(x | 0, 2.5)". */
export function stanCall(name: string, ...numbers: readonly number[]): (x: string) => string {
  const given = numbers.map(stanNumber).join(", ");
  return (x) => `${name}(${x} | ${given})`;
}

/** A number as Stan reads it back exactly; its whole numbers have 32 bits. */
export function stanNumber(value: number): string {
  const text = String(value);
  return /^-?\d{9,}$/.test(text) ? `${text}.0` : text;
}
