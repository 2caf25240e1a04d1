import type { PredictorPriors, ScalarPrior, TermPriors } from "../../density/resolvePriors.js";
import type { PredictorDesign, RandomTerm } from "../../design/Design.js";
import { linkNamed } from "../../family/links.js";
import { stanNumber } from "../../prior/stanCall.js";
import { joined, type StanBlocks, type StanNumber, vectorOf } from "./StanParameter.js";

/**
 * A linear predictor in Stan, `eta_mu` of the parameter mu: coefficients about the covariates' means where the prior is on that intercept, an offset, and the
 * random terms, numbered from `before` + 1. Of a second predictor (k = 1) also its parameter, by the inverse link.
 */
export function predictorBlocks(part: PredictorDesign, priors: PredictorPriors, k: number, before: number): StanBlocks {
  const { parameter, link, columns, offset, randomTerms } = part;
  const numbers = randomTerms.map((_, t) => before + t + 1);
  const sum = [
    ...(columns.length === 0 ? [] : [`Xc_${parameter} * coef_${parameter}`]),
    ...(offset === null ? [] : [`offset_${parameter}`]),
    ...numbers.map((t) => `rows_dot_product(Z_${t}, b_${t}[g_${t}])`),
  ];
  const eta = `vector[N] eta_${parameter} = ${sum.length === 0 ? "rep_vector(0, N)" : sum.join(" + ")};`;
  const own = `vector[N] ${parameter} = ${linkNamed(link).stan(`eta_${parameter}`)};`;
  return joined([
    fixedBlocks(part, priors),
    ...(offset === null ? [] : [{ data: [`vector[N] offset_${parameter};`] }]),
    ...randomTerms.map((term, t) => termBlocks(term, priors.terms[t], numbers[t])),
    { transformedParameters: k === 0 ? [eta] : [eta, own] },
  ]);
}

function fixedBlocks(part: PredictorDesign, { intercept, coefficients }: PredictorPriors): Partial<StanBlocks> {
  const { parameter: of, columns, interceptColumn } = part;
  if (columns.length === 0) return {};
  const numbers = columns.map((_, k): StanNumber => {
    const prior = coefficients[k] ?? intercept?.prior;
    if (prior === undefined) throw new RangeError("a coefficient must have a prior");
    return free(prior);
  });
  const K = columns.length;
  const shifted = (k: number) => (k === interceptColumn ? ` - dot_product(centre_${of}, coef_${of})` : "");
  const parts = columns.map((_, k) => `coef_${of}[${k + 1}]${shifted(k)}`);
  const asReported = intercept?.centred === true && K > 1 ? `to_vector({${parts.join(", ")}})` : `coef_${of}`;
  return joined([
    {
      data: [`matrix[N, ${K}] X_${of};`, `vector[${K}] centre_${of};`],
      transformedData: [`matrix[N, ${K}] Xc_${of} = X_${of} - rep_matrix(centre_${of}', N);`],
      generated: [`vector[${K}] beta_${of} = ${asReported}; // ${columns.join(", ")}`],
    },
    vectorOf(`coef_${of}`, numbers),
  ]);
}

function free({ used, density }: ScalarPrior): StanNumber {
  return { kind: "free", used, density };
}

/** The random term t: standard normal z, of which b = diag(sd) L z are the effects of a level. */
function termBlocks({ coefficients, held }: RandomTerm, { sds, cor }: TermPriors, t: number): Partial<StanBlocks> {
  const q = coefficients.length;
  const numbers = sds.map(
    (prior, k): StanNumber => (prior === null ? { kind: "held", value: held?.sds[k] ?? 1 } : free(prior)),
  );
  const effects = q === 1 ? `(sd_${t}[1] * z_${t})'` : `(diag_pre_multiply(sd_${t}, L_${t}) * z_${t})'`;
  return joined([
    {
      data: [`int<lower=1> J_${t};`, `array[N] int<lower=1, upper=J_${t}> g_${t};`, `matrix[N, ${q}] Z_${t};`],
    },
    vectorOf(`sd_${t}`, numbers),
    ...(q === 1 ? [] : [correlationBlocks(q, cor, held?.correlation ?? 0, t)]),
    {
      parameters: [`matrix[${q}, J_${t}] z_${t};`],
      transformedParameters: [`matrix[J_${t}, ${q}] b_${t} = ${effects}; // ${coefficients.join(", ")}`],
      model: [`target += normal_lpdf(to_vector(z_${t}) | 0, 1);`],
    },
  ]);
}

function correlationBlocks(q: number, cor: TermPriors["cor"], held: number, t: number): Partial<StanBlocks> {
  if (cor === null) {
    const rest = Math.sqrt(1 - held * held);
    return {
      transformedData: [
        `matrix[${q}, ${q}] L_${t} = to_matrix({1, ${stanNumber(held)}, 0, ${stanNumber(rest)}}, ${q}, ${q});`,
      ],
    };
  }
  return {
    parameters: [`cholesky_factor_corr[${q}] L_${t};`],
    model: [
      `// ${cor.used.name} ~ ${cor.used.distribution}`,
      `target += lkj_corr_cholesky_lpdf(L_${t} | ${stanNumber(cor.eta)});`,
    ],
    generated: [`matrix[${q}, ${q}] cor_${t} = multiply_lower_tri_self_transpose(L_${t});`],
  };
}
