import type { OptionSchema } from "../engine/OptionSchema.js";
import type { EngineDefinition } from "./EngineDefinition.js";

/**
 * What an engine made by `defineEngine` was made of, by this copy of the library or by another, as of a plugin that brings its own; null for any
 * other value.
 */
export function definitionOf(value: unknown): EngineDefinition<string, OptionSchema> | null {
  if (typeof value !== "object" || value === null || !("definition" in value)) return null;
  return isDefinition(value.definition) ? value.definition : null;
}

export function isDefinition(value: unknown): value is EngineDefinition<string, OptionSchema> {
  return typeof value === "object" && value !== null && "name" in value && "run" in value && "options" in value;
}
