import { mean } from "../../math/moments.js";
import { binomialTest } from "../../math/special/binomialTest.js";
import { kolmogorovTail } from "../../math/special/kolmogorovTail.js";
import type { ResidualTest } from "../../summary/Residuals.js";
import type { Simulated } from "./Simulated.js";

/** Whether zeros of the responses are counted, and whether some are censored, of which simulated ones tell no more than whether residuals are uniform. */
export interface TestedRows {
  readonly hasZeros: boolean;
  readonly isCensored: boolean;
}

/** The tests of R's DHARMa (Hartig 2022) of some rows, each by the simulated data sets: their rows depend on one another as those of the data do. */
export function residualTests(
  simulated: Simulated,
  places: Int32Array,
  { hasZeros, isCensored }: TestedRows,
): ResidualTest[] {
  const { observed, fitted, residuals, isOutlier, responses, residualsOf, isOutlierOf } = simulated;
  const n = places.length;
  const distance = kolmogorovDistance(residuals, places);
  const distances = Float64Array.from(residualsOf, (own) => kolmogorovDistance(own, places));
  const countOf = (isCounted: (i: number) => boolean) => places.reduce((count, i) => count + Number(isCounted(i)), 0);
  const outliers = countOf((i) => isOutlier[i] === 1);
  const outliersOf = Float64Array.from(isOutlierOf, (own) => countOf((i) => own[i] === 1));
  const uniformity: ResidualTest = {
    name: "uniformity",
    observed: distance,
    expected: mean(distances),
    pValue: (1 + distances.filter((value) => value >= distance).length) / (distances.length + 1),
    independentPValue: kolmogorovTail(Math.sqrt(n) * distance),
  };
  if (isCensored) return [uniformity];
  return [
    uniformity,
    ...(n > 1 ? [dispersion(observed, fitted, responses, places)] : []),
    ...(hasZeros
      ? [
          twoSided(
            "zeros",
            countOf((i) => observed[i] === 0),
            Float64Array.from(responses, (own) => countOf((i) => own[i] === 0)),
          ),
        ]
      : []),
    {
      ...twoSided("outliers", outliers, outliersOf),
      independentPValue: binomialTest(outliers, n, mean(outliersOf) / n),
    },
  ];
}

/** The variance of y - m over that of simulated data on average, m the predictive means: above 1 the data vary more than the model says. */
function dispersion(
  observed: Float64Array,
  fitted: Float64Array,
  responses: readonly Float64Array[],
  places: Int32Array,
): ResidualTest {
  const variances = Float64Array.from(responses, (own) => spread(own, fitted, places));
  const scale = mean(variances);
  return twoSided(
    "dispersion",
    spread(observed, fitted, places) / scale,
    variances.map((value) => value / scale),
  );
}

function spread(responses: Float64Array, fitted: Float64Array, places: Int32Array): number {
  let [centre, squares] = [0, 0];
  places.forEach((i, k) => {
    const residual = responses[i] - fitted[i];
    const distance = residual - centre;
    centre += distance / (k + 1);
    squares += distance * (residual - centre);
  });
  return squares / (places.length - 1);
}

/** Twice the smaller of the two shares of simulated values as low and as high. */
function twoSided(name: ResidualTest["name"], observed: number, simulated: Float64Array): ResidualTest {
  const share = (isOnSide: (value: number) => boolean) => simulated.filter(isOnSide).length / simulated.length;
  const [low, high] = [share((value) => value <= observed), share((value) => value >= observed)];
  const pValue = Number.isNaN(observed) ? Number.NaN : Math.min(1, 2 * Math.min(low, high));
  return { name, observed, expected: mean(simulated), pValue, independentPValue: null };
}

/** The largest distance between the empirical distribution function of some residuals and the uniform one. */
export function kolmogorovDistance(residuals: Float64Array, places: Int32Array): number {
  const sorted = Float64Array.from(places, (i) => residuals[i]).sort();
  const n = sorted.length;
  return sorted.reduce((most, u, k) => Math.max(most, (k + 1) / n - u, u - k / n), 0);
}
