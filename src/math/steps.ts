/** How far a computation has come. */
export interface StageProgress {
  /** What is being computed: "weighing positions". */
  readonly stage: string;
  /** Steps of the stage that are done; never falls within a stage. */
  readonly done: number;
  /** Steps of the whole stage; null where their number is not known beforehand. */
  readonly total: number | null;
}

/**
 * A long computation as a generator: it pauses at each `yield`, so that whoever runs it can give way to other work, report progress or leave it
 * unfinished. A pause takes some tens of nanoseconds, and belongs between evaluations of a likelihood, never inside of one. What is computed does
 * not depend on the pauses. A single evaluation is not divided: where it takes more than 50 ms, as of a million rows, or of some 10 million rows times
 * quadrature points, other work waits for it.
 */
export type Steps<T> = Generator<StageProgress | undefined, T, void>;

/** Runs a computation to its end without a pause. */
export function runSync<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** A computation each of whose pauses is told as progress of a stage; `total` is the number of its pauses, null where that is not known. */
export function* staged<T>(stage: string, total: number | null, steps: Steps<T>): Steps<T> {
  for (let done = 1; ; done++) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield step.value ?? { stage, done, total };
  }
}

/** `values.map(compute)` with a pause after each of them. */
export function* mapSteps<A, B>(values: Iterable<A>, compute: (value: A, index: number) => Steps<B>): Steps<B[]> {
  const results: B[] = [];
  for (const value of values) results.push(yield* compute(value, results.length));
  return results;
}

/** A function that pauses after it has computed its value. */
export function pausing<A, B>(compute: (value: A) => B): (value: A) => Steps<B> {
  return function* (value) {
    const result = compute(value);
    yield;
    return result;
  };
}

/** What may end a computation: an `AbortSignal` is one. */
export interface Aborting {
  readonly aborted: boolean;
  readonly reason: unknown;
}

export function throwIfAborted(signal: Aborting | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

/** What a computation needs of the platform to run in a thread that others use as well. */
export interface StepsContext {
  /** Milliseconds since any fixed time. */
  now(): number;
  /** Resolves when timers, input and other work that was waiting have had their turn: in a macrotask. */
  giveWay(): Promise<void>;
  /** Once it is aborted, the computation is left and its reason thrown. */
  readonly signal?: Aborting | undefined;
  /** Called with the first progress, and then at most every 100 ms. What it throws ends the computation. */
  readonly onProgress?: ((progress: StageProgress) => void) | undefined;
}

/** Milliseconds of work after which other work has its turn. */
const TURN = 20;
/** Milliseconds between two calls of `onProgress`. */
const BETWEEN_REPORTS = 100;

/** Runs a computation with a pause for other work every 20 ms. Throws `signal.reason` where it is aborted, before the start as well. */
export async function runSteps<T>(steps: Steps<T>, { now, giveWay, signal, onProgress }: StepsContext): Promise<T> {
  let turnStart = now();
  let lastReport = Number.NEGATIVE_INFINITY;
  for (;;) {
    throwIfAborted(signal);
    const step = steps.next();
    if (step.done === true) return step.value;
    const time = now();
    if (step.value !== undefined && time - lastReport >= BETWEEN_REPORTS) {
      lastReport = time;
      onProgress?.(step.value);
    }
    if (time - turnStart < TURN) continue;
    await giveWay();
    turnStart = now();
  }
}
