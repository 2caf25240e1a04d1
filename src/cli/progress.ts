import { type ChainProgress, essBulk, type MlProgress, type StageProgress } from "../index.js";
import { type Output, widthOf } from "./Terminal.js";

/** Shows how the chains get on. */
export interface ProgressDisplay {
  /** What runs from now on; shown where lines are redrawn. */
  doing(text: string): void;
  update(progress: ChainProgress): void;
  /** A message of more lasting interest. */
  note(text: string): void;
  /** Leaves the output clean. */
  end(): void;
}

/** One redrawn line a chain on a terminal, one line a chain for each tenth otherwise, every 0.5 s at most. `now` is in seconds. */
export function progressDisplay(output: Output, now: () => number): ProgressDisplay {
  const isSmart = output.isTTY === true && process.env.TERM !== "dumb";
  return isSmart ? redrawnLines(output, now) : tenths(output, now);
}

/** Shows where a search for a maximum, or an approximation, is. */
export interface SearchDisplay {
  update(progress: MlProgress | StageProgress): void;
  /** The last that was heard, shown or not, of a stage whose length is known: "fitting simulated data, 12 of 500"; null where it was of another. */
  last(): string | null;
  /** Leaves the output clean. */
  end(): void;
}

/** A search that takes no longer is not shown. */
const secondsUnseen = 1;

/** One redrawn line on a terminal; otherwise one line a stage, or a tenth of one whose length is known, every 0.5 s at most. `now` is in seconds. */
export function searchDisplay(output: Output, now: () => number, engine: string): SearchDisplay {
  const isSmart = output.isTTY === true && process.env.TERM !== "dumb";
  const first = now() + secondsUnseen;
  let lastDraw = Number.NEGATIVE_INFINITY;
  let [stage, tenth] = ["", 0];
  let last: string | null = null;
  return {
    update(progress) {
      const text = searchLine(progress);
      last = "done" in progress && progress.total !== null ? text : null;
      const time = now();
      if (time < first || time - lastDraw < (isSmart ? secondsBetweenRedraws : secondsBetweenLines)) return;
      if (!isSmart && progress.stage === stage && tenthOf(progress) <= tenth) return;
      lastDraw = time;
      stage = progress.stage;
      tenth = tenthOf(progress);
      const line = `${engine}: ${text}`;
      output.write(isSmart ? `\r${clearLine}${line.slice(0, widthOf(output) - 1)}` : `${line}\n`);
    },
    last: () => last,
    end() {
      if (isSmart && stage !== "") output.write(`\r${clearLine}`);
    },
  };
}

/** Tenths of a stage that are done; 0 where its length is not known. */
function tenthOf(progress: MlProgress | StageProgress): number {
  return "done" in progress && progress.total !== null ? Math.floor((10 * progress.done) / progress.total) : 0;
}

function searchLine(progress: MlProgress | StageProgress): string {
  if ("done" in progress) {
    const { stage, done, total } = progress;
    return total === null ? `${stage}, ${done} step${done === 1 ? "" : "s"}` : `${stage}, ${done} of ${total}`;
  }
  const { stage, evaluations, logLikelihood } = progress;
  const value = Number.isFinite(logLikelihood) ? `, log-likelihood ${logLikelihood.toFixed(4)}` : "";
  return `${stage}, ${evaluations} evaluation${evaluations === 1 ? "" : "s"}${value}`;
}

const secondsBetweenRedraws = 0.1;
/** Seconds between two lines of a chain where lines stay, the first of them after the start. */
const secondsBetweenLines = 0.5;
const clearLine = "\u001b[2K";
const upBy = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A`);

function redrawnLines(output: Output, now: () => number): ProgressDisplay {
  const chains = new Map<number, ChainView>();
  let heading: readonly string[] = [];
  let drawn = 0;
  let lastDraw = Number.NEGATIVE_INFINITY;
  // Lines are cleared one by one, for a terminal may keep what is cleared at once; that of the cursor may have a ^C on it.
  const toTop = () => `\r${clearLine}${upBy(drawn)}`;
  const erase = () => {
    output.write(`${toTop()}${`${clearLine}\n`.repeat(drawn)}${upBy(drawn)}`);
    drawn = 0;
  };
  const redraw = () => {
    const views = [...chains].sort(([a], [b]) => a - b).map(([, view]) => view);
    const texts = [...heading, ...views.map((view) => lineOf(view, widthOf(output) - 1))];
    const lines = texts.slice(1 - (output.rows || 24)).map((text) => `${clearLine}${text}\n`);
    output.write(`${toTop()}${lines.join("")}`);
    drawn = lines.length;
  };
  return {
    doing(text) {
      erase();
      chains.clear();
      heading = [text];
      redraw();
    },
    update(progress) {
      chains.set(progress.chain, viewOf(progress, chains.get(progress.chain), now()));
      if (now() - lastDraw < secondsBetweenRedraws) return;
      lastDraw = now();
      redraw();
    },
    note(text) {
      erase();
      output.write(`${text}\n`);
    },
    end: erase,
  };
}

/** A chain that has no line yet, as in a run of less than half a second, has none at its end either. */
function tenths(output: Output, now: () => number): ProgressDisplay {
  const start = now();
  const chains = new Map<number, ChainView>();
  const written = new Map<number, number>();
  const tenthOf = ({ iteration, total }: ChainProgress) => Math.floor((10 * iteration) / total);
  return {
    update(progress) {
      const { chain } = progress;
      const before = chains.get(chain);
      if (before !== undefined && tenthOf(progress) <= tenthOf(before.progress)) return;
      const time = now();
      const last = written.get(chain);
      const isDue = time - (last ?? start) >= secondsBetweenLines || (isDone(progress) && last !== undefined);
      if (before !== undefined && !isDue) return;
      const view = viewOf(progress, before, time);
      chains.set(chain, view);
      if (!isDue || tenthOf(progress) === 0) return;
      written.set(chain, time);
      output.write(`${lineOf(view, Number.POSITIVE_INFINITY)}\n`);
    },
    doing() {},
    note: (text) => output.write(`${text}\n`),
    end() {},
  };
}

/** What is known of a chain. */
interface ChainView {
  readonly progress: ChainProgress;
  /** When that was. */
  readonly seconds: number;
  /** When it was first heard of, and how far it was then. */
  readonly first: { readonly iteration: number; readonly seconds: number };
  readonly ess: { readonly draws: number; readonly value: number };
}

/** An ESS takes time, so it is computed anew when there are a tenth more draws. */
const essGrowth = 1.1;
const fewestDrawsForEss = 20;

function viewOf(progress: ChainProgress, before: ChainView | undefined, seconds: number): ChainView {
  const { iteration, logDensity } = progress;
  const first = before?.first ?? { iteration, seconds };
  const known = before?.ess ?? { draws: 0, value: Number.NaN };
  const isDue = logDensity.length >= Math.max(fewestDrawsForEss, essGrowth * known.draws) || isDone(progress);
  return { progress, seconds, first, ess: isDue ? { draws: logDensity.length, value: essBulk([logDensity]) } : known };
}

function isDone({ iteration, total }: ChainProgress): boolean {
  return iteration === total;
}

/** "chain 2: 1200/2000 sampling, 3 s left, 0 divergences, ESS 180", the end left out where it does not fit. */
function lineOf({ progress, seconds, first, ess }: ChainView, width: number): string {
  const { chain, iteration, total, phase, divergences } = progress;
  const doing = isDone(progress) ? "done" : phase === "warmup" ? "warm-up" : "sampling";
  const pace = (seconds - first.seconds) / (iteration - first.iteration);
  const parts = [`chain ${chain}: ${String(iteration).padStart(String(total).length)}/${total} ${doing}`];
  if (!isDone(progress) && Number.isFinite(pace)) parts.push(`${duration(pace * (total - iteration))} left`);
  if (phase === "sampling") parts.push(`${divergences} ${divergences === 1 ? "divergence" : "divergences"}`);
  if (Number.isFinite(ess.value)) parts.push(`ESS ${Math.round(ess.value)}`);
  while (parts.length > 1 && parts.join(", ").length > width) parts.pop();
  return parts.join(", ").slice(0, width);
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
