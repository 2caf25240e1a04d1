/** Limits of R-hat, and of bulk and tail ESS for each chain (Vehtari, Gelman, Simpson, Carpenter & Buerkner 2021, section 4). */
export const LARGEST_RHAT = 1.01;
export const LEAST_ESS_PER_CHAIN = 100;
/** Limit of the Monte Carlo error of an sd, as a share of it: beyond, heavy tails have been drawn too seldom. */
export const LARGEST_SD_ERROR = 0.07;

const DIGITS = 3;

/** An R-hat with three digits, or as many as it takes to show on which side of its limit it is: "1.0102", not "1.010". */
export function rhatText(rhat: number): string {
  for (let digits = DIGITS; digits < 15; digits++) {
    const text = rhat.toFixed(digits);
    if (Number(text) > LARGEST_RHAT === rhat > LARGEST_RHAT) return text;
  }
  return String(rhat);
}
