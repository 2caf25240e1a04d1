/** What is wrong with a response of a family of positive numbers; `withZeros` is the family that takes exact zeros too, or null. */
export function positiveProblem(family: string, withZeros: string | null): (value: number) => string | null {
  return (value) => {
    if (!Number.isFinite(value)) return "is not a finite number";
    if (value > 0) return null;
    const outside = `is outside the support of ${family}, the numbers above 0`;
    return value === 0 && withZeros !== null ? `${outside}; where values are exactly 0, use ${withZeros}` : outside;
  };
}

/** The same for a family that takes exact zeros too. */
export function positiveOrZeroProblem(family: string): (value: number) => string | null {
  return (value) => {
    if (!Number.isFinite(value)) return "is not a finite number";
    return value >= 0 ? null : `is outside the support of ${family}, 0 and the numbers above it`;
  };
}
