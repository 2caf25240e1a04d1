import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import type { ChainDraws, ChainEnd } from "../../posterior/posteriorFromChains.js";
import type { TransitionInfo } from "./hamiltonian.js";
import type { NutsOptions } from "./options.js";
import type { State } from "./point.js";
import { RunningMoments } from "./runningMoments.js";

/** What only the main loop knows of a chain. */
export type ChainFacts = Pick<
  ChainDraws["record"],
  "chain" | "stepSize" | "maxTreeDepth" | "gradientEvaluations" | "seconds"
>;

/** Keeps the draws of a chain, those of random effects as they are asked for, with the sampler's account of each. */
export class Recorder {
  count = 0;
  divergences = 0;
  private readonly density: LogDensity;
  private readonly capacity: number;
  private readonly draw: Float64Array;
  private readonly innovations: Float64Array;
  /** How many of a draw's quantities are kept draw by draw, from the first. */
  private readonly kept: number;
  private readonly values: Float64Array;
  /** Of the rest of them; null where nothing of it is kept. */
  private readonly moments: RunningMoments | null;
  private readonly logDensities: Float64Array;
  private readonly energies: Float64Array;
  private readonly acceptances: Float64Array;
  private readonly divergent: Uint8Array;
  private readonly treeDepths: Uint8Array;

  constructor(density: LogDensity, { draws: capacity, randomEffects }: NutsOptions) {
    const { parameters, randomEffects: effects } = density.quantities;
    const quantities = parameters.length + effects.length;
    this.density = density;
    this.capacity = capacity;
    this.draw = new Float64Array(quantities);
    this.innovations = new Float64Array(density.innovations ?? 0);
    this.kept = randomEffects === "draws" ? quantities : parameters.length;
    this.values = new Float64Array(this.kept * capacity);
    this.moments = randomEffects === "summary" ? new RunningMoments(effects.length, capacity) : null;
    this.logDensities = new Float64Array(capacity);
    this.energies = new Float64Array(capacity);
    this.acceptances = new Float64Array(capacity);
    this.divergent = new Uint8Array(capacity);
    this.treeDepths = new Uint8Array(capacity);
  }

  /** What the draw takes besides the state comes from the chain's stream. */
  add(stream: RandomStream, state: State, info: TransitionInfo): void {
    const { count, capacity, draw, kept, values, innovations } = this;
    for (let k = 0; k < innovations.length; k++) innovations[k] = stream.normal();
    this.density.constrain(state.position, draw, innovations);
    for (let k = 0; k < kept; k++) values[k * capacity + count] = draw[k];
    this.moments?.add(draw, kept);
    this.logDensities[count] = state.logDensity;
    this.energies[count] = info.energy;
    this.acceptances[count] = info.acceptance;
    this.divergent[count] = info.isDivergent ? 1 : 0;
    this.treeDepths[count] = info.treeDepth;
    this.divergences += this.divergent[count];
    this.count++;
  }

  /** Of the draws until now: a view, whose values stay as they are. */
  logDensity(): Float64Array {
    return this.logDensities.subarray(0, this.count);
  }

  /** The draws of the chain, cut to those made. */
  finish(facts: ChainFacts, end: ChainEnd): ChainDraws {
    const { count } = this;
    return {
      draws: count,
      values: this.drawnValues(),
      ...(this.kept === this.draw.length ? {} : { effects: this.moments?.finish() ?? null }),
      isPartial: count < this.capacity,
      end,
      record: {
        ...facts,
        logDensity: this.logDensities.slice(0, count),
        divergent: this.divergent.slice(0, count),
        treeDepth: this.treeDepths.slice(0, count),
        energy: this.energies.slice(0, count),
        acceptance: this.acceptances.slice(0, count),
      },
    };
  }

  private drawnValues(): Float64Array {
    const { count, capacity, kept, values } = this;
    if (count === capacity) return values;
    const drawn = new Float64Array(kept * count);
    for (let k = 0; k < kept; k++) {
      drawn.set(values.subarray(k * capacity, k * capacity + count), k * count);
    }
    return drawn;
  }
}
