import { fitSchemas } from "../fit/engines.js";
import { enginesSchema } from "./engines/enginesOptions.js";
import { evidenceSchema } from "./evidence/evidenceOptions.js";
import { compareSchema } from "./models/options.js";

/** The options of each call that takes options; those of `fit` by engine. */
export const optionSchemas = {
  fit: fitSchemas,
  compare: compareSchema,
  compareEvidence: evidenceSchema,
  compareEngines: enginesSchema,
} as const;
