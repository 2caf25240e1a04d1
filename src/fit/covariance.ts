import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import { heldCovariances } from "../density/quantities.js";
import { predictorPrefix } from "../design/predictorName.js";
import type { CovarianceReport } from "../report/FitReport.js";
import type { PreparedModel } from "./prepare.js";

/** The covariance matrix of the effects of one random term, with its correlations and its factors L and D. */
export type EffectsCovariance = CovarianceReport;

/** The covariance matrices of all random terms at estimates of the parameters, by their names: `sd[g, x]`, `cor[g, x, z]`. */
export function effectsCovariances(
  model: Pick<PreparedModel, "design">,
  estimates: ReadonlyMap<string, number>,
): EffectsCovariance[] {
  checkArgument(ofDesign, model, "effectsCovariances", "model");
  checkArgument(ofNumbers, estimates, "effectsCovariances", "estimates");
  const { design } = model;
  const known = new Map([...estimates, ...heldCovariances(design)]);
  return design.predictors.flatMap(({ factors, randomTerms }, k) => {
    const prefix = predictorPrefix(design, k);
    return randomTerms.map(({ factor, coefficients }) => {
      const group = factors[factor].name;
      const sds = coefficients.map((name) => known.get(`${prefix}sd[${group}, ${name}]`) ?? NaN);
      const correlation = coefficients.map((_, r) =>
        coefficients.map((__, c) => {
          const [first, second] = r < c ? [r, c] : [c, r];
          const name = `${prefix}cor[${group}, ${coefficients[first]}, ${coefficients[second]}]`;
          return r === c ? 1 : (known.get(name) ?? NaN);
        }),
      );
      const covariance = correlation.map((row, r) => row.map((rho, c) => covarianceOf(rho, sds[r], sds[c])));
      return { group: `${prefix}${group}`, coefficients, covariance, correlation, ...ldl(covariance) };
    });
  });
}

/** With an sd of zero the correlation does not matter, and may not be known. */
function covarianceOf(correlation: number, first: number, second: number): number {
  return first === 0 || second === 0 ? 0 : correlation * first * second;
}

/** Of a positive semidefinite matrix. */
function ldl(G: readonly (readonly number[])[]): Pick<EffectsCovariance, "L" | "D"> {
  const L = G.map((_, r) => G.map((__, c) => Number(r === c)));
  const D = G.map(() => 0);
  const rest = (r: number, c: number) => D.reduce((sum, d, k) => (k < c ? sum - L[r][k] * d * L[c][k] : sum), G[r][c]);
  for (let c = 0; c < G.length; c++) {
    D[c] = Math.max(0, rest(c, c));
    for (let r = c + 1; r < G.length; r++) L[r][c] = D[c] === 0 ? 0 : rest(r, c) / D[c];
  }
  return { L, D };
}

const ofDesign = objectWith("not-a-model", "a fit, or a model met with its data", { design: "object" });

const ofNumbers: ArgumentKind = {
  code: "not-estimates",
  expected: "a Map of estimates by the names of parameters",
  accepts: (value) => value instanceof Map,
};
