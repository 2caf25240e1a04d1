import type { ChainProgress } from "../index.js";
import { essBulk } from "../index.js";
import { type Output, widthOf } from "./Terminal.js";

/** Shows how the chains get on; `end` leaves the output clean. */
export interface ProgressDisplay {
  update(progress: ChainProgress): void;
  end(): void;
}

/** One redrawn line a chain on a terminal, one line a chain for each tenth otherwise. */
export function progressDisplay(output: Output, now: () => number): ProgressDisplay {
  return output.isTTY === true ? redrawnLines(output, now) : tenths(output, now);
}

const secondsBetweenRedraws = 0.1;

function redrawnLines(output: Output, now: () => number): ProgressDisplay {
  const start = now();
  const chains = new Map<number, ChainProgress>();
  let drawn = 0;
  let lastDraw = Number.NEGATIVE_INFINITY;
  const erase = () => {
    if (drawn > 0) output.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  return {
    update(progress) {
      chains.set(progress.chain, progress);
      if (now() - lastDraw < secondsBetweenRedraws) return;
      lastDraw = now();
      erase();
      for (const [, chain] of [...chains].sort(([a], [b]) => a - b)) {
        output.write(`${line(chain, now() - start).slice(0, widthOf(output) - 1)}\n`);
        drawn++;
      }
    },
    end: erase,
  };
}

function tenths(output: Output, now: () => number): ProgressDisplay {
  const start = now();
  const shown = new Map<number, number>();
  return {
    update(progress) {
      const tenth = Math.floor((10 * progress.iteration) / progress.total);
      if (tenth <= (shown.get(progress.chain) ?? 0)) return;
      shown.set(progress.chain, tenth);
      output.write(`${line(progress, now() - start)}\n`);
    },
    end() {},
  };
}

/** "chain 2: 1200/2000 sampling, 0 divergences, ESS 180, 3 s left" */
function line({ chain, iteration, total, phase, divergences, logDensity }: ChainProgress, elapsed: number): string {
  const left = (elapsed * (total - iteration)) / iteration;
  const ess = logDensity.length < 20 ? "" : `, ESS ${Math.round(essBulk([logDensity]))}`;
  const sampling =
    phase === "warmup" ? "" : `, ${divergences} ${divergences === 1 ? "divergence" : "divergences"}${ess}`;
  return `chain ${chain}: ${iteration}/${total} ${phase}${sampling}, ${duration(left)} left`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
