import { describe, expect, it } from "vitest";
import { type DiagnosedQuantity, rareDivergences, warningsOf } from "../../src/diagnostics/warnings.js";
import { constantMarginal } from "../../src/posterior/densityMarginals.js";
import { chainRecord, drawsQuantity, posteriorOf } from "./chainRecord.js";

const moving = (draws: number) => Array.from({ length: draws }, (_, i) => Math.sin(i));
const twoChains = [drawsQuantity("beta[x]", [moving(1000), moving(1000)])];
const records = [chainRecord(1000), chainRecord(1000)];
const good: DiagnosedQuantity = { name: "beta[x]", rhat: 1.001, essBulk: 900, essTail: 800 };

describe("warningsOf", () => {
  it("is silent where all is well", () => {
    expect(warningsOf(posteriorOf(twoChains, records), [good])).toEqual([]);
  });

  it("is silent at the limits themselves", () => {
    const edge = { name: "beta[x]", rhat: 1.01, essBulk: 200, essTail: 200 };
    expect(warningsOf(posteriorOf(twoChains, records), [edge])).toEqual([]);
  });

  it("names sds of heavy tails whose Monte Carlo error is large though ESS is good", () => {
    const rows = [
      { ...good, sd: 2, mcseSd: 0.14 },
      { ...good, name: "sd[g, Intercept]", sd: 2, mcseSd: 0.44 },
      { ...good, name: "sigma", sd: 2, mcseSd: 0.21 },
    ];
    expect(warningsOf(posteriorOf(twoChains, records), rows)).toEqual([
      {
        code: "sd-error",
        message:
          "the Monte Carlo error of the sd is above 7% for 2 quantities: sd[g, Intercept] 22%, sigma 11%; a few draws far out in a heavy tail make most of it",
        advice:
          "report quantiles in place of mean and sd, take more draws, or put a prior with lighter tails on the sds",
      },
    ]);
    const few = rows.map((row) => ({ ...row, essTail: 20 }));
    expect(warningsOf(posteriorOf(twoChains, records), few).map(({ code }) => code)).toEqual(["ess-tail"]);
  });

  it("is silent about marginals that were not sampled", () => {
    const marginal = constantMarginal(0);
    const posterior = posteriorOf([{ name: "beta[x]", marginal }], []);
    expect(warningsOf(posterior, [{ name: "beta[x]" }])).toEqual([]);
  });

  it("counts divergences and says what to do", () => {
    const divergent = new Uint8Array(1000).fill(1, 0, 8);
    const posterior = posteriorOf(twoChains, [chainRecord(1000, { divergent }), chainRecord(1000)], {
      options: { targetAcceptance: 0.8 },
    });
    expect(warningsOf(posterior, [good])).toEqual([
      {
        code: "divergences",
        message: "8 of 2000 transitions (0.4%) diverged: parts of the posterior may be missing from the draws",
        advice:
          "raise the target acceptance (now 0.8), try another parametrization, or put stronger priors on the sds of the random effects",
      },
    ]);
  });

  it("does not round a divergence away", () => {
    const divergent = new Uint8Array(1000).fill(1, 0, 1);
    const posterior = posteriorOf(twoChains, [chainRecord(1000, { divergent }), chainRecord(1000)]);
    expect(warningsOf(posterior, [{ ...good, rhat: 1.2 }])[0].message).toMatch(
      /^1 of 2000 transitions \(under 0.1%\) diverged/,
    );
  });

  it("takes three divergences in a thousand for a note, where nothing else is wrong", () => {
    const divergent = new Uint8Array(1000).fill(1, 0, 6);
    const posterior = posteriorOf(twoChains, [chainRecord(1000, { divergent }), chainRecord(1000)]);
    expect(warningsOf(posterior, [good])).toEqual([]);
    expect(rareDivergences(posterior, [good])).toEqual({
      code: "rare-divergences",
      message:
        "6 of 2000 transitions (0.3%) diverged; R-hat, ESS and E-BFMI are good, so that little can be missing: a higher target acceptance shows whether anything changes",
    });
    const doubtful = [{ ...good, rhat: 1.02 }];
    expect(warningsOf(posterior, doubtful).map(({ code }) => code)).toEqual(["divergences", "rhat"]);
    expect(rareDivergences(posterior, doubtful)).toBe(null);
    const more = posteriorOf(twoChains, [chainRecord(1000, { divergent }), chainRecord(1000, { divergent })]);
    expect(warningsOf(more, [good]).map(({ code }) => code)).toEqual(["divergences"]);
    expect(rareDivergences(more, [good])).toBe(null);
    expect(rareDivergences(posteriorOf(twoChains, records), [good])).toBe(null);
  });

  it("shows an R-hat that is just above its limit with the digits that tell", () => {
    const [{ message }] = warningsOf(posteriorOf(twoChains, records), [{ ...good, rhat: 1.01004 }]);
    expect(message).toMatch(/^R-hat is above 1.01 for 1 quantity: beta\[x\] 1\.01004;/);
  });

  it("names the worst R-hats first", () => {
    const rows = [1.02, 1.5, 1.009, 1.083, 1.011].map((rhat, i) => ({ ...good, name: `beta[x${i}]`, rhat }));
    expect(warningsOf(posteriorOf(twoChains, records), rows)).toEqual([
      {
        code: "rhat",
        message:
          "R-hat is above 1.01 for 4 quantities: beta[x1] 1.500, beta[x3] 1.083, beta[x0] 1.020 and 1 more; the chains have not mixed well",
        advice: "run longer, warm-up included; if it stays, look for several modes or weakly identified parameters",
      },
    ]);
  });

  it("advises the textbook sampler where transported chains have not mixed", () => {
    const posterior = posteriorOf(twoChains, records, { options: { parametrization: "transported" } });
    const [{ advice }] = warningsOf(posterior, [{ ...good, rhat: 1.2 }]);
    expect(advice).toMatch(/^run longer, warm-up included, or try the parametrization noncentred; if it stays/);
  });

  it("names the smallest ESS first", () => {
    const rows = [{ ...good, essBulk: 199.4, essTail: 150 }, good, { ...good, name: "sigma", essTail: 12 }];
    expect(warningsOf(posteriorOf(twoChains, records), rows)).toEqual([
      {
        code: "ess-bulk",
        message: "bulk ESS is below 200 (100 a chain) for 1 quantity: beta[x] 199",
        advice: "their means and medians are imprecise: take more draws",
      },
      {
        code: "ess-tail",
        message: "tail ESS is below 200 (100 a chain) for 2 quantities: sigma 12, beta[x] 150",
        advice: "their q5 and q95 are imprecise: take more draws",
      },
    ]);
  });

  it("tells of quantities without diagnostics", () => {
    const rows = [good, { name: "sigma", rhat: NaN, essBulk: NaN, essTail: NaN }];
    expect(warningsOf(posteriorOf(twoChains, records), rows)).toEqual([
      {
        code: "no-diagnostics",
        message: "R-hat or ESS cannot be computed for 1 quantity: sigma",
        advice: "their draws are all the same, not finite, or fewer than six a chain: do not rely on them",
      },
    ]);
  });

  it("tells of low E-BFMI and of trees cut short", () => {
    const energy = Float64Array.from({ length: 1000 }, (_, i) => i);
    const treeDepth = new Uint8Array(1000).fill(10, 0, 50);
    const posterior = posteriorOf(twoChains, [chainRecord(1000), chainRecord(1000, { energy, treeDepth })]);
    expect(warningsOf(posterior, [good])).toEqual([
      {
        code: "ebfmi",
        message: "E-BFMI is below 0.3 in chain 2 (0.00): the tails are explored slowly",
        advice: "run longer, try another parametrization, or put stronger priors on the sds of the random effects",
      },
      {
        code: "tree-depth",
        message: "50 of 2000 transitions (2.5%) stopped at the tree depth limit of 10",
        advice: "the draws are valid but costly: scale the covariates, use stronger priors, or raise the limit",
      },
    ]);
  });

  it("tells of a partial run and of what its diagnostics are made from", () => {
    const parameters = [drawsQuantity("beta[x]", [moving(900), moving(1000), moving(3)])];
    const chains = [900, 1000, 3].map((draws) => chainRecord(draws));
    expect(warningsOf(posteriorOf(parameters, chains, { partial: true }), [good])).toEqual([
      {
        code: "partial-run",
        message: "the run was ended early, with 900, 1000, 3 draws in its chains",
        advice: "take the numbers as a first impression, and run to the end for results",
      },
      {
        code: "unequal-chains",
        message: "R-hat and ESS need chains of one length: they are of the first 900 draws of chains 1, 2",
        advice: "the other numbers use every draw; run to the end to have the diagnostics of all",
      },
    ]);
  });

  it("tells of a chain that never moved, but not of one quantity that does not", () => {
    const still = new Array<number>(1000).fill(0.5);
    const stuck = posteriorOf(
      [drawsQuantity("beta[x]", [moving(1000), still]), drawsQuantity("sigma", [moving(1000), still])],
      records,
    );
    expect(warningsOf(stuck, [good])).toEqual([
      {
        code: "stuck-chain",
        message: "chain 2 never moved: every draw is the same",
        advice: "do not use the result; try another seed, a longer warm-up and stronger priors",
      },
    ]);
    const fixed = posteriorOf([...twoChains, drawsQuantity("sigma", [still, still])], records);
    expect(warningsOf(fixed, [good])).toEqual([]);
  });
});
