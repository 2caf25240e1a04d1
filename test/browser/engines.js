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

/** Binary responses of crossed factors, on which every engine takes a while. */
function crossedTable(rows) {
  let state = 1;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const table = { y: [], x: [], g: [], h: [] };
  for (let i = 0; i < rows; i++) {
    const [g, h, x] = [i % 200, Math.floor(40 * uniform()), 2 * uniform() - 1];
    table.y.push(uniform() < 1 / (1 + Math.exp(-0.3 - x - Math.sin(g) - Math.cos(h))) ? 1 : 0);
    table.x.push(x);
    table.g.push(`g${g}`);
    table.h.push(`h${h}`);
  }
  return table;
}

/** Aborts every engine, and a comparison of engines, once it has told progress and a timer has ticked. */
export async function abortEngines({ fit, compareEngines }) {
  const model = "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g) + (1 | h)";
  const [table, larger] = [crossedTable(2000), crossedTable(20_000)];
  const runs = {
    laplace: (options) => fit(model, table, { engine: "laplace", ...options }),
    inla: (options) => fit(model, table, { engine: "inla", draws: 4000, ...options }),
    ml: (options) => fit(model, larger, { engine: "ml", intervals: "profile", ...options }),
    compareEngines: (options) => compareEngines(model, table, { engines: ["laplace", "inla"], ...options }),
  };
  const found = {};
  for (const [name, run] of Object.entries(runs)) {
    const controller = new AbortController();
    let [reports, ticks, abortedAt] = [0, 0, Number.NaN];
    const timer = setInterval(() => {
      ticks++;
      if (reports === 0 || ticks < 2 || controller.signal.aborted) return;
      abortedAt = performance.now();
      controller.abort("enough");
    }, 5);
    const outcome = await run({ signal: controller.signal, onProgress: () => reports++ }).then(
      () => "done",
      (error) => String(error),
    );
    clearInterval(timer);
    found[name] = { outcome, isSoon: performance.now() - abortedAt < 2000 };
  }
  return found;
}
