import type { CompiledModel } from "../density/CompiledModel.js";
import { compileDensity } from "../density/compileDensity.js";
import type { Parametrization } from "../density/jointDensity.js";
import type { LogDensity } from "../density/LogDensity.js";
import type { GaussianReference, TransportReference } from "../density/TransportReference.js";
import type { Design } from "../design/Design.js";
import { type ChainCommand, type ChainProgress, type Resumption, runChain } from "../engine/hmc/chain.js";
import type { NutsOptions } from "../engine/hmc/options.js";
import type { Family } from "../family/Family.js";
import type { ModelAst } from "../language/ast.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import type { PriorDistribution } from "../prior/Prior.js";

/** What a sampler moves in: a textbook parametrization, or the standardised coordinates of a reference. */
export type Coordinates = Parametrization | TransportReference | GaussianReference;

/** All that a chain needs, as plain data: it goes to a worker as it is. */
export interface ChainTask {
  readonly ast: ModelAst;
  readonly design: Design;
  /** URLs of the plugins whose families and priors the model may name, which each thread imports. */
  readonly plugins: readonly string[];
  readonly coordinates: Coordinates;
  readonly options: NutsOptions;
  /** From 1; it picks the random stream. */
  readonly chain: number;
  /** Tunable coordinates at which the chain starts, one of several modes; absent: it starts about the origin. */
  readonly centre?: Float64Array;
  /** Where an earlier round of the chain ended. Absent: it starts afresh. */
  readonly resume?: Resumption;
}

/** The families and priors that a model may name; functions, so they stay in the process. */
export interface Vocabulary {
  readonly families: readonly Family[];
  readonly priors: readonly PriorDistribution[];
}

/** Compiles the task's model and starts its chain. */
export function startChain(task: ChainTask, vocabulary: Vocabulary): Chain {
  return startChainOn(densityOf(task, vocabulary), task);
}

type Chain = Generator<ChainProgress, ChainDraws, ChainCommand | undefined>;

/** Starts a chain on the density of its task, or of a task with the same model and coordinates. */
export function startChainOn(density: LogDensity, { options, chain, resume, centre }: ChainTask): Chain {
  return runChain(density, options, chain, () => performance.now() / 1000, resume, centre);
}

/** The density of a task's model in its coordinates. The model has been compiled before, so problems cannot come up here. */
export function densityOf({ ast, design, coordinates }: ChainTask, { families, priors }: Vocabulary): LogDensity {
  const { model, problems } = compileDensity(ast, design, families, priors);
  if (model === null) throw new RangeError(problems.map(({ message }) => message).join("\n"));
  return densityIn(model, coordinates);
}

function densityIn(model: CompiledModel, coordinates: Coordinates): LogDensity {
  if (typeof coordinates === "string") return model.logDensity(coordinates);
  return coordinates.kind === "integrated"
    ? model.integratedDensity(coordinates)
    : model.transportedDensity(coordinates);
}
