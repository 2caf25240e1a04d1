/** How far a climb is. */
export interface Climb {
  next: "start" | "direction" | "trial";
  iteration: number;
  evaluations: number;
  /** Whether the last step was as good as exact. */
  isPolished: boolean;
  /** Of the last direction, and how often a step along it has been tried. */
  decrement: number;
  trials: number;
}

export function startOfClimb(): Climb {
  return { next: "start", iteration: 0, evaluations: 1, isPolished: false, decrement: Number.NaN, trials: 0 };
}
