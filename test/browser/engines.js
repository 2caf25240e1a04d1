// Runs every engine on a model; the same in Node, in a page and in a Web Worker. What it returns are numbers that must not depend on the platform.

const drawsOf = (result, name) => result.draws(name).map((chain) => [...chain]);
const draws = (result) => drawsOf(result, "sd[subject, Intercept]");
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

/** Fits by a plugin's family and prior, in this thread and in threads. */
export async function runPlugins({ fit }, folder) {
  const url = `${folder}/geometric.mjs`;
  const data = {
    y: [0, 3, 1, 0, 2, 5, 0, 1, 0, 4, 2, 1],
    x: [1, 2, 0, 1, 2, 1, 0, 1, 2, 0, 1, 2],
    g: [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
  };
  const text = "y ~ geometric(p)\nlogit(p) = 1 + x + (1 | g)\nprior beta ~ logistic(0, 1)";
  const fitted = (workers) => fit(text, data, { chains: 2, warmup: 80, draws: 60, workers, plugins: [url] });
  const [here, threads] = [await fitted(0), await fitted(2)];
  const [own, others] = [here, threads].map((result) => drawsOf(result, "sd[g, Intercept]"));
  return {
    codes: codes(threads),
    plugins: threads.posterior.record.plugins.map(({ families, priors }) => [...families, ...priors]),
    isSame: JSON.stringify(own) === JSON.stringify(others),
    draws: others.map(({ length }) => length),
  };
}

/** What becomes of plugins that are not there, or of another origin. */
export async function refusePlugins({ loadPlugin }, folder) {
  const refusal = (url) =>
    loadPlugin(url).then(
      () => "loaded",
      ({ name, code, hint }) => `${name}: ${code}; ${hint}`,
    );
  return [await refusal(`${folder}/none.mjs`), await refusal("https://elsewhere.example/geometric.mjs")];
}
