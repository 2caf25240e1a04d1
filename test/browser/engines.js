// Runs every engine on a model; the same in Node, in a page and in a Web Worker. What it returns are numbers that must not depend on the platform.

const draws = (result) => result.draws("sd[subject, Intercept]").map((chain) => [...chain]);
const codes = (result) => result.problems.map(({ code }) => code);

export async function runEngines({ fit, compareEngines, parseTable }, text, csv) {
  const table = parseTable(csv, { name: "epilepsy.csv" });
  const threads = await fit(text, table, { chains: 2, draws: 300, workers: 2 });
  const laplace = await fit(text, table, { engine: "laplace" });
  const inla = await fit(text, table, { engine: "inla" });
  const { ml } = await fit(text, table, { engine: "ml" });
  const comparison = await compareEngines(text, table, { chains: 2, draws: 200 });
  return {
    codes: codes(threads),
    nuts: draws(threads),
    laplace: draws(laplace),
    inla: inla.summary().parameters,
    ml,
    compare: comparison.engines.map(({ engine, parameters }) => ({ engine, parameters })),
  };
}

/** Starts endless chains and aborts them once there are draws, while a timer ticks. */
export async function abortChains({ fit, parseTable }, text, csv, workers) {
  const controller = new AbortController();
  let [reports, ticks] = [0, 0];
  const timer = setInterval(() => ticks++, 20);
  const result = await fit(text, parseTable(csv, { name: "epilepsy.csv" }), {
    chains: 2,
    draws: 1_000_000,
    workers,
    signal: controller.signal,
    onProgress({ logDensity }) {
      reports++;
      if (logDensity.length > 0 && ticks > 1) controller.abort();
    },
  });
  clearInterval(timer);
  return { isPartial: result.posterior.record.partial, hasReported: reports > 0, hasTicked: ticks > 1 };
}
