import { inlaEngine, laplaceEngine } from "./approximationEngines.js";
import type { AnyEngine } from "./FitEngine.js";
import { mlEngine } from "./mlEngine.js";
import { nutsEngine } from "./nutsEngine.js";

/** The engines: `fit`, comparisons, the command line and the documentation read this list. The first is the default. */
export const engines = [nutsEngine, laplaceEngine, inlaEngine, mlEngine] as const;

/** The record of a built-in engine. */
export type BuiltInEngine = (typeof engines)[number];
/** The name of a built-in engine: "nuts", "laplace", "inla" or "ml". */
export type EngineName = BuiltInEngine["name"];

/** The options of each engine. */
export const fitSchemas = schemasOf(engines);

function schemasOf<List extends readonly AnyEngine[]>(
  list: List,
): { readonly [E in List[number] as E["name"]]: E["options"] };
function schemasOf(list: readonly AnyEngine[]) {
  return Object.fromEntries(list.map(({ name, options }) => [name, options]));
}
