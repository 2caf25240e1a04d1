/** Where a chain stands: all that the next transition needs. */
export interface State {
  /** Length dim, unconstrained. */
  readonly position: Float64Array;
  /** Length dim: of the log density at `position`. */
  readonly gradient: Float64Array;
  logDensity: number;
}

/**
 * A point of phase space. With the inverse mass matrix factored as L L', `momentum` is the standardised one, L' times the textbook's:
 * a priori N(0, I) under any metric, so that kinetic energies and U-turns are plain sums of products.
 */
export interface Point extends State {
  readonly momentum: Float64Array;
  /** L' gradient: what moves the momentum. */
  readonly force: Float64Array;
  kineticEnergy: number;
  /** How many holders the point has; at none it returns to its pool. */
  references: number;
}

export function createState(dimension: number): State {
  return { position: new Float64Array(dimension), gradient: new Float64Array(dimension), logDensity: Number.NaN };
}

export function createPoint(dimension: number): Point {
  return {
    ...createState(dimension),
    momentum: new Float64Array(dimension),
    force: new Float64Array(dimension),
    kineticEnergy: Number.NaN,
    references: 0,
  };
}

export function copyState(from: State, to: State): void {
  to.position.set(from.position);
  to.gradient.set(from.gradient);
  to.logDensity = from.logDensity;
}

/** Points by reference count, so that a tree can share and drop them without copying: O(depth) points serve a whole run. */
export class PointPool {
  private readonly dimension: number;
  private readonly all: Point[] = [];
  private free: Point[] = [];

  constructor(dimension: number) {
    this.dimension = dimension;
  }

  acquire(references: number): Point {
    const point = this.free.pop() ?? this.create();
    point.references = references;
    return point;
  }

  release(point: Point): void {
    point.references--;
    if (point.references === 0) this.free.push(point);
  }

  /** Takes every point back. */
  reset(): void {
    this.free = this.all.slice();
  }

  private create(): Point {
    const point = createPoint(this.dimension);
    this.all.push(point);
    return point;
  }
}
