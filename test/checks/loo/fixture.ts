import { readFileSync } from "node:fs";

type Pair = readonly [estimate: number, standardError: number];

interface Case {
  readonly name: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly sigma: readonly number[];
  readonly relativeEfficiency: readonly number[];
  readonly loo: { readonly elpd_loo: Pair; readonly p_loo: Pair; readonly looic: Pair };
  readonly elpd: readonly number[];
  readonly pLoo: readonly number[];
  readonly paretoK: readonly number[];
  readonly waic: { readonly elpd_waic: Pair; readonly p_waic: Pair; readonly waic: Pair };
  readonly elpdWaic: readonly number[];
}

interface Fixture {
  readonly chains: number;
  readonly draws: number;
  readonly y: readonly number[];
  readonly x: readonly number[];
  readonly cases: readonly Case[];
  readonly order: readonly string[];
  readonly difference: readonly number[];
  readonly standardError: readonly number[];
  readonly stacking: readonly number[];
  readonly pseudoBma: readonly number[];
  readonly pseudoBmaPlus: readonly number[];
}

/** What R's loo makes of three models; validation/fixtures/loo/loo.R wrote it. */
export const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../../../validation/fixtures/loo/loo.fixture.json", import.meta.url), "utf8"),
);

/** Per row, the log densities at all draws, the chains one after the other. */
export function logDensitiesOf({ a, b, sigma }: Case): Float64Array[] {
  return fixture.y.map((y, i) =>
    Float64Array.from(a, (_, s) => {
      const z = (y - a[s] - b[s] * fixture.x[i]) / sigma[s];
      return -0.5 * (z * z + Math.log(2 * Math.PI)) - Math.log(sigma[s]);
    }),
  );
}

export const fixtureDraws = {
  chains: Array.from({ length: fixture.chains }, () => fixture.draws),
  logWeights: null,
  areOfChains: true,
};
