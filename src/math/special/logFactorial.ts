import { log } from "./elementary.js";
import { lgamma } from "./lgamma.js";

/** log n! for n up to 170, the last factorial that is a double. */
const table = makeTable(170);

/** log n! for whole n >= 0. */
export function logFactorial(n: number): number {
  return n < table.length ? table[n] : lgamma(n + 1);
}

function makeTable(last: number): Float64Array {
  const logs = new Float64Array(last + 1);
  for (let n = 1, factorial = 1; n <= last; n++) {
    factorial *= n;
    logs[n] = log(factorial);
  }
  return logs;
}
