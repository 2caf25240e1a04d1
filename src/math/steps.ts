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
 * unfinished. What is computed does not depend on the pauses. `yield*` carries on another as a part of its own: each pause then goes through both, which
 * takes some tens of nanoseconds, and has V8 compile them where there are hundreds; a long function waits with `apart` or `staged`.
 */
export type Steps<T> = Generator<StageProgress | Part | undefined, T, void>;

/** What a stage of a long computation is called, and of how many parts it is. */
export type Stage = Omit<StageProgress, "done">;

/** What a computation waits for, and is carried on in its place. */
export interface Part {
  readonly stage: Stage | null;
  /** Pauses so far, where it is a stage. */
  done: number;
  readonly hasEnded: boolean;
  /** Goes on to the next pause or to the end; where what it waited for has failed, with that error. */
  next(failure: { readonly error: unknown } | null): StageProgress | Part | undefined;
}

class PartOf<T> implements Part {
  done = 0;
  readonly stage: Stage | null;
  private readonly steps: Steps<T>;
  private ended: { readonly result: T } | null = null;

  constructor(steps: Steps<T>, stage: Stage | null) {
    this.steps = steps;
    this.stage = stage;
  }

  next(failure: { readonly error: unknown } | null): StageProgress | Part | undefined {
    const step = failure === null ? this.steps.next() : this.steps.throw(failure.error);
    if (step.done !== true) return step.value;
    this.ended = { result: step.value };
    return undefined;
  }

  get hasEnded(): boolean {
    return this.ended !== null;
  }

  result(): T {
    if (this.ended === null) throw new RangeError("a computation must end before its result is read");
    return this.ended.result;
  }
}

/** A computation under way. */
class Run {
  /** What is at work stands last, ahead of it what waits for it. */
  private readonly parts: Part[];
  private told: StageProgress | undefined;

  constructor(whole: Part) {
    this.parts = [whole];
  }

  /** Goes on to the next pause; false at the end. Throws what the computation throws. */
  next(): boolean {
    let failure: { readonly error: unknown } | null = null;
    for (let part = this.parts.at(-1); part !== undefined; part = this.parts.at(-1)) {
      try {
        const pause = part.next(failure);
        failure = null;
        if (pause !== undefined && "next" in pause) this.parts.push(pause);
        else if (part.hasEnded) this.parts.pop();
        else {
          this.count(pause);
          return true;
        }
      } catch (error) {
        this.parts.pop();
        if (this.parts.length === 0) throw error;
        failure = { error };
      }
    }
    return false;
  }

  /** A pause tells its own progress, or is one of the innermost stage. */
  private count(told: StageProgress | undefined): void {
    this.told = told;
    const stage = this.stage();
    if (stage !== undefined) stage.done++;
  }

  /** As the last pause has it. */
  progress(): StageProgress | undefined {
    const { stage, done = 0 } = this.stage() ?? {};
    return this.told ?? (stage ? { ...stage, done } : undefined);
  }

  private stage(): Part | undefined {
    let last = this.parts.length - 1;
    while (last >= 0 && this.parts[last].stage === null) last--;
    return this.parts[last];
  }
}

/** Runs a computation to its end without a pause. */
export function runSync<T>(steps: Steps<T>): T {
  const whole = new PartOf(steps, null);
  const run = new Run(whole);
  while (run.next());
  return whole.result();
}

/** A computation that another waits for without being woken by its pauses. */
export function apart<T>(steps: Steps<T>): Steps<T> {
  return waitedFor(new PartOf(steps, null));
}

/** The same as a stage, each of whose pauses is told; `total` is the number of its pauses, null where that is not known. */
export function staged<T>(stage: string, total: number | null, steps: Steps<T>): Steps<T> {
  return waitedFor(new PartOf(steps, { stage, total }));
}

function* waitedFor<T>(part: PartOf<T>): Steps<T> {
  yield part;
  return part.result();
}

/** `values.map(compute)` with a pause after each of them. */
export function* mapSteps<A, B>(values: Iterable<A>, compute: (value: A, index: number) => Steps<B>): Steps<B[]> {
  const results: B[] = [];
  for (const value of values) results.push(yield* compute(value, results.length));
  return results;
}

/** What a function makes of the result of a computation. */
export function* mapResult<A, B>(steps: Steps<A>, next: (result: A) => B): Steps<B> {
  return next(yield* steps);
}

/** Numbers that a loop works through between two pauses. */
const BETWEEN_PAUSES = 4096;

/** Whether a loop pauses ahead of its turn k, from 0, where each works through so many numbers: of small models not each time. */
export function isDue(k: number, size: number): boolean {
  return (k * size) % BETWEEN_PAUSES < size;
}

/** Whether what is done once a table of so many rows, or once a column, is followed by a pause: of small tables all of it is done at once. */
export function isLong(rows: number): boolean {
  return rows > BETWEEN_PAUSES;
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
  const whole = new PartOf(steps, null);
  const run = new Run(whole);
  for (;;) {
    throwIfAborted(signal);
    if (!run.next()) return whole.result();
    const time = now();
    if (onProgress !== undefined && time - lastReport >= BETWEEN_REPORTS) {
      const progress = run.progress();
      if (progress !== undefined) {
        lastReport = time;
        onProgress(progress);
      }
    }
    if (time - turnStart < TURN) continue;
    await giveWay();
    turnStart = now();
  }
}
