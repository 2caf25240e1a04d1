import { checkArgument } from "../../argument/checkArgument.js";
import { objectWith } from "../../argument/kinds.js";
import type { LogDensity } from "../../density/LogDensity.js";
import { createStream } from "../../math/random/createStream.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Steps } from "../../math/steps.js";
import type { ChainDraws, ChainEnd } from "../../posterior/posteriorFromChains.js";
import { CountingDensity } from "./countingDensity.js";
import type { Trajectory, Transition, TransitionInfo, Tuning } from "./hamiltonian.js";
import { createHmc, fixedSteps, integrationTime } from "./hmc.js";
import { DenseMetric, DiagonalMetric, unitMetric } from "./metric.js";
import { createNuts } from "./nuts.js";
import type { NutsOptions } from "./options.js";
import { createState, type State } from "./point.js";
import { Recorder } from "./recorder.js";
import { StandardisedAdaptation } from "./standardisedAdaptation.js";
import { findStart, stateAt } from "./start.js";
import { type Adaptation, WindowedAdaptation } from "./windowedAdaptation.js";

/** Iterations between two reports of progress, and seconds after which there is one sooner. */
const REPORT_EVERY = 10;
const REPORT_SECONDS = 0.02;

/** How far a chain is: what `onProgress` is called with by the engine nuts. */
export interface ChainProgress {
  readonly chain: number;
  /** Iterations done, of `total`, warm-up included. */
  readonly iteration: number;
  readonly total: number;
  readonly phase: "warmup" | "sampling";
  /** Divergent transitions after warm-up. */
  readonly divergences: number;
  readonly stepSize: number;
  /** Over the iterations since the last report. */
  readonly meanTreeDepth: number;
  /** Log density of the draws kept until now, for a running ESS: a view, to be copied if it is sent elsewhere. */
  readonly logDensity: Float64Array;
}

/** What the caller may answer to a report. */
export interface ChainCommand {
  /** End the run with the draws made until now. */
  readonly stop: boolean;
}

/** Seconds from any fixed moment. */
export type Clock = () => number;

/** Where a chain of an earlier round stood; the rounds of a chain, from 1, have random streams of their own. */
export interface Resumption extends ChainEnd {
  readonly round: number;
}

/**
 * Runs one chain, whose number picks its random stream, and reports every few iterations, or after 20 ms by the clock; `next({ stop: true })` ends it early
 * with a partial result. Where the density is slow by the clock, it also pauses with `undefined` after each evaluation. Without a clock all times are 0. A chain that is resumed has no warm-up; another starts at `centre`, tunable coordinates of
 * one of several modes, where it is given. Throws SamplingError if the chain
 * cannot start.
 */
export function* runChain(
  density: LogDensity,
  options: NutsOptions,
  chain: number,
  clock: Clock = () => 0,
  resume: Resumption | null = null,
  centre: Float64Array | null = null,
): Generator<ChainProgress | undefined, ChainDraws, ChainCommand | undefined> {
  checkArgument(aLogDensity, density, "runChain", "density");
  const run = new ChainRun(
    density,
    resume === null ? options : { ...options, warmup: 0 },
    chain,
    clock,
    resume,
    centre,
  );
  while (run.iteration < run.total) {
    const hasMoved = run.advance();
    if (run.iteration === run.total) break;
    let command: ChainCommand | undefined;
    if (hasMoved && run.isReportDue()) command = yield run.progress();
    else if (run.isSlow) command = yield;
    if (command?.stop) break;
  }
  return run.finish();
}

/** What a chain has cost until a moment. */
interface Reading {
  readonly evaluations: number;
  readonly seconds: number;
}

class ChainRun {
  iteration = 0;
  readonly total: number;
  private readonly chain: number;
  private readonly options: NutsOptions;
  private readonly clock: Clock;
  private readonly begun: number;
  private readonly density: CountingDensity;
  private readonly stream: RandomStream;
  private readonly transition: Transition;
  private readonly recorder: Recorder;
  private readonly adaptation: Adaptation | null;
  private tuning: Tuning;
  /** An adaptation that looks for a step size, which the next iteration waits for. */
  private search: Steps<void> | null;
  private trajectory: Trajectory | null = null;
  private state: State;
  private next: State;
  private afterWarmup: Reading | null;
  private recentDepth = 0;
  private reported: { readonly iteration: number; readonly evaluations: number; readonly at: number };

  constructor(
    density: LogDensity,
    options: NutsOptions,
    chain: number,
    clock: Clock,
    resume: Resumption | null,
    centre: Float64Array | null,
  ) {
    const { dimension } = density;
    this.total = options.warmup + options.draws;
    this.chain = chain;
    this.options = options;
    this.clock = clock;
    this.begun = clock();
    this.reported = { iteration: 0, evaluations: 0, at: this.begun };
    this.density = new CountingDensity(density);
    this.stream = createStream(resume === null ? options.seed : `${options.seed}, round ${resume.round}`, chain);
    this.transition = createTransition(this.density, options);
    this.recorder = new Recorder(density, options);
    this.state =
      resume === null
        ? findStart(this.stream, this.density, options.startRadius, centre)
        : stateAt(this.density, resume.position);
    this.next = createState(dimension);
    const guess = resume === null ? firstGuess(options, density) : tuningOf(resume);
    const isTuned = options.warmup > 0;
    this.adaptation = isTuned ? this.createAdaptation(guess) : null;
    this.search = this.adaptation?.begin(this.state) ?? null;
    this.tuning = guess;
    this.afterWarmup = isTuned ? null : this.read();
    this.density.pace(this.density.evaluations, clock() - this.begun);
  }

  private createAdaptation(guess: Tuning): Adaptation {
    const { density, stream, options } = this;
    return density.tunable === undefined
      ? new WindowedAdaptation(density, stream, options, guess)
      : new StandardisedAdaptation(density, density.tunable, stream, options, guess);
  }

  /** Whether one evaluation of the density takes so long that other work should have its turn after it. */
  get isSlow(): boolean {
    return this.density.isSlow;
  }

  /** Goes on to the end of an iteration, or, where the density is slow, by one leapfrog step or one try of a step size. Whether an iteration has ended. */
  advance(): boolean {
    if (this.search !== null) return this.tune(this.search);
    this.trajectory ??= this.transition(this.stream, this.state, this.tuning);
    do this.trajectory.advance();
    while (!this.trajectory.isComplete && !this.density.isSlow);
    if (!this.trajectory.isComplete) return false;
    const info = this.trajectory.end(this.next);
    this.trajectory = null;
    return this.move(info);
  }

  private move(info: TransitionInfo): boolean {
    [this.state, this.next] = [this.next, this.state];
    this.iteration++;
    this.recentDepth += info.treeDepth;
    if (this.adaptation === null || this.iteration > this.options.warmup) {
      this.recorder.add(this.stream, this.state, info);
      return true;
    }
    return this.tune(this.adaptation.update(this.state, info));
  }

  /** Goes on with what an adaptation computes; whether it has ended an iteration. */
  private tune(search: Steps<void>): boolean {
    this.search = search.next().done === true ? null : search;
    if (this.search !== null || this.adaptation === null) return false;
    this.tuning = this.adaptation.tuning;
    if (this.iteration === this.options.warmup) this.afterWarmup = this.read();
    return this.iteration > 0;
  }

  isReportDue(): boolean {
    return (
      this.iteration - this.reported.iteration >= REPORT_EVERY || this.clock() - this.reported.at >= REPORT_SECONDS
    );
  }

  /** Since the last one, of which there has been an iteration. */
  progress(): ChainProgress {
    const meanTreeDepth = this.recentDepth / (this.iteration - this.reported.iteration);
    this.recentDepth = 0;
    const { evaluations } = this.density;
    const at = this.clock();
    this.density.pace(evaluations - this.reported.evaluations, at - this.reported.at);
    this.reported = { iteration: this.iteration, evaluations, at };
    return {
      chain: this.chain,
      iteration: this.iteration,
      total: this.total,
      phase: this.afterWarmup === null ? "warmup" : "sampling",
      divergences: this.recorder.divergences,
      stepSize: this.tuning.stepSize,
      meanTreeDepth,
      logDensity: this.recorder.logDensity(),
    };
  }

  finish(): ChainDraws {
    const end = this.read();
    const { evaluations, seconds } = this.afterWarmup ?? end;
    const { stepSize, metric } = this.tuning;
    const { kind, inverseMassMatrix } = metric;
    return this.recorder.finish(
      {
        chain: this.chain,
        stepSize,
        maxTreeDepth: this.options.maxTreeDepth,
        gradientEvaluations: { warmup: evaluations, sampling: end.evaluations - evaluations },
        seconds: { warmup: seconds, sampling: end.seconds - seconds },
      },
      { position: this.state.position.slice(), stepSize, metric: kind, inverseMassMatrix },
    );
  }

  private read(): Reading {
    return { evaluations: this.density.evaluations, seconds: this.clock() - this.begun };
  }
}

function firstGuess({ stepSize, metric }: NutsOptions, { dimension, tunable }: LogDensity): Tuning {
  const unit = tunable === undefined ? unitMetric(metric, dimension) : unitMetric("dense", tunable);
  return { stepSize: stepSize ?? 1, metric: unit };
}

function tuningOf({ stepSize, metric, inverseMassMatrix }: ChainEnd): Tuning {
  const Kind = metric === "dense" ? DenseMetric : DiagonalMetric;
  return { stepSize, metric: new Kind(inverseMassMatrix) };
}

function createTransition(density: LogDensity, options: NutsOptions): Transition {
  const { algorithm, maxTreeDepth, leapfrogSteps } = options;
  if (algorithm === "nuts") return createNuts(density, maxTreeDepth);
  if (leapfrogSteps !== null) return createHmc(density, fixedSteps(leapfrogSteps));
  return createHmc(density, integrationTime(options.integrationTime, 2 ** maxTreeDepth - 1));
}

const aLogDensity = objectWith("not-a-density", "a log density, as compiled.logDensity(...) returns it", {
  dimension: "number",
  logDensityGradient: "function",
  constrain: "function",
});
