import type { CompiledModel } from "../density/CompiledModel.js";
import type { Parametrization } from "../density/jointDensity.js";
import type { LogDensity } from "../density/LogDensity.js";
import type { GaussianReference, TransportReference } from "../density/TransportReference.js";
import type { Executor, Work } from "../engine/Executor.js";
import { type ChainProgress, type Resumption, runChain } from "../engine/hmc/chain.js";
import type { NutsOptions } from "../engine/hmc/options.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";

/** What a sampler moves in: a textbook parametrization, or the standardised coordinates of a reference. */
export type Coordinates = Parametrization | TransportReference | GaussianReference;

/** All that a chain needs besides its model. */
export interface ChainTask {
  readonly coordinates: Coordinates;
  readonly options: NutsOptions;
  /** From 1; it picks the random stream. */
  readonly chain: number;
  /** Tunable coordinates at which the chain starts, one of several modes; absent: it starts about the origin. */
  readonly centre?: Float64Array;
  /** Where an earlier round of the chain ended. Absent: it starts afresh. */
  readonly resume?: Resumption;
}

export type ChainExecutor = Executor<ChainTask, ChainDraws, ChainProgress>;

/** Milliseconds of work after which a chain lets the event loop turn: timers, messages and signals are heard then. */
const TURN_MILLISECONDS = 20;

/** The chains of the engine nuts; an aborted one ends with what has been drawn. Those of one model in one thread share its density. */
export function chainWork(): Work<{ readonly compiled: CompiledModel }, ChainTask, ChainDraws, ChainProgress> {
  let last: {
    readonly compiled: CompiledModel;
    readonly coordinates: Coordinates;
    readonly density: LogDensity;
  } | null;
  last = null;
  return {
    name: CHAIN_WORK,
    async run({ compiled }, { coordinates, options, chain, resume, centre }, { now, giveWay, signal, onProgress }) {
      if (last === null || last.compiled !== compiled || last.coordinates !== coordinates)
        last = { compiled, coordinates, density: densityIn(compiled, coordinates) };
      const steps = runChain(last.density, options, chain, () => now() / 1000, resume, centre);
      let turned = now();
      for (let step = steps.next(); ; step = steps.next({ stop: signal.aborted })) {
        if (step.done) return step.value;
        if (step.value !== undefined) onProgress(step.value);
        if (now() - turned < TURN_MILLISECONDS) continue;
        await giveWay();
        turned = now();
      }
    },
    moved: ({ values }) => (values.buffer instanceof ArrayBuffer ? [values.buffer] : []),
  };
}

/** By this name a thread knows the work. */
export const CHAIN_WORK = "chains of nuts";

function densityIn(model: CompiledModel, coordinates: Coordinates): LogDensity {
  if (typeof coordinates === "string") return model.logDensity(coordinates);
  return coordinates.kind === "integrated"
    ? model.integratedDensity(coordinates)
    : model.transportedDensity(coordinates);
}
