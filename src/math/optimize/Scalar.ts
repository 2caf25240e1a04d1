export type ScalarFunction = (x: number) => number;

/** What a search along one line returns. */
export interface ScalarResult {
  /** The best place that the search has seen. */
  readonly position: number;
  readonly value: number;
  readonly evaluations: number;
  readonly converged: boolean;
  /** Why it ended, in words. */
  readonly reason: string;
}

export interface ScalarOptions {
  /** The result is this near to the true one, but for rounding. Default null: 1e-10 of the interval. */
  readonly tolerance: number | null;
  /** Default 100. */
  readonly maxEvaluations: number;
}

/** A place and the function's value there. */
export interface Place {
  readonly x: number;
  readonly value: number;
}

/** Counts the evaluations of a function. */
export class ScalarSearch {
  evaluations = 0;

  /** A place where the function has been evaluated. */
  place(x: number, value: number): Place {
    this.evaluations++;
    return { x, value };
  }

  found({ x, value }: Place): ScalarResult {
    return this.result(x, value, true, `converged after ${this.evaluations} evaluations`);
  }

  failed({ x, value }: Place, reason: string): ScalarResult {
    return this.result(x, value, false, reason);
  }

  private result(position: number, value: number, converged: boolean, reason: string): ScalarResult {
    return { position, value, evaluations: this.evaluations, converged, reason };
  }
}
