import { compileDensity } from "../density/compile.js";
import type { Parametrization } from "../density/jointDensity.js";
import type { TransportReference } from "../density/TransportReference.js";
import type { Design } from "../design/Design.js";
import { type ChainCommand, type ChainProgress, runChain } from "../engine/nuts/chain.js";
import type { NutsOptions } from "../engine/nuts/options.js";
import type { Family } from "../family/Family.js";
import type { ModelAst } from "../language/ast.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import type { PriorDistribution } from "../prior/Prior.js";

/** All that a chain needs, as plain data: it goes to a worker as it is. */
export interface ChainTask {
  readonly ast: ModelAst;
  readonly design: Design;
  /** What the sampler moves in: one of the textbook parametrizations, or the transported coordinates of a reference. */
  readonly coordinates: Parametrization | TransportReference;
  readonly options: NutsOptions;
  /** From 1; it picks the random stream. */
  readonly chain: number;
}

/** The families and priors that a model may name; functions, so they stay in the process. */
export interface Vocabulary {
  readonly families: readonly Family[];
  readonly priors: readonly PriorDistribution[];
}

/** Compiles the task's model and starts its chain. The model has been compiled before, so problems cannot come up here. */
export function startChain(
  task: ChainTask,
  { families, priors }: Vocabulary,
): Generator<ChainProgress, ChainDraws, ChainCommand | undefined> {
  const { model, problems } = compileDensity(task.ast, task.design, families, priors);
  if (model === null) throw new RangeError(problems.map(({ message }) => message).join("\n"));
  const now = () => performance.now() / 1000;
  const { coordinates } = task;
  const density =
    typeof coordinates === "string" ? model.logDensity(coordinates) : model.transportedDensity(coordinates);
  return runChain(density, task.options, task.chain, now);
}
