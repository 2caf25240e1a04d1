import { checkEstimand } from "../estimands/checkEstimand.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { checkPrediction } from "../predict/askedRows.js";
import { checkPopulation } from "../predict/population/population.js";
import type { AskedEstimand } from "./AskedEstimand.js";

/** Before a model is fitted: whether it has what is asked for. Throws what the functions throw. */
export async function checkAskedEstimand(model: ModelToFit, asked: AskedEstimand): Promise<void> {
  if ("predict" in asked) await checkPrediction(model, asked.data ?? null, asked.predict);
  else if ("population" in asked) await checkPopulation(model, asked.data ?? null);
  else await checkEstimand(model, asked);
}
