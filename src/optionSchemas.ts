import { influenceSchema } from "./checks/influence/options.js";
import { compareLooSchema } from "./checks/loo/compareLoo.js";
import { looSchema } from "./checks/loo/options.js";
import { ppcSchema } from "./checks/ppc/options.js";
import { residualsSchema } from "./checks/residuals/options.js";
import { enginesSchema } from "./compare/engines/enginesOptions.js";
import { evidenceSchema } from "./compare/evidence/evidenceOptions.js";
import { compareSchema } from "./compare/models/options.js";
import { contrastsSchema } from "./estimands/contrastsOptions.js";
import { meansSchema } from "./estimands/options.js";
import { slopesSchema } from "./estimands/slopesOptions.js";
import { solveSchema } from "./estimands/solve/options.js";
import { testSchema } from "./estimands/testOptions.js";
import { exportSchema } from "./export/options.js";
import { bootstrapSchema } from "./fit/bootstrap/bootstrapSchema.js";
import { fitSchemas } from "./fit/engines.js";
import { predictSchema } from "./predict/options.js";
import { populationSchema } from "./predict/population/options.js";
import { sensitivitySchema, tippingSchema, varySchema } from "./sensitivity/options.js";
import { simulateModelSchema, simulateSchema } from "./simulate/options.js";
import { sbcSchema } from "./simulate/sbc/options.js";

/** The options of each call that takes options; those of `fit` by engine. */
export const optionSchemas = {
  fit: fitSchemas,
  compare: compareSchema,
  export: exportSchema,
  compareEvidence: evidenceSchema,
  compareEngines: enginesSchema,
  population: populationSchema,
  loo: looSchema,
  compareLoo: compareLooSchema,
  predict: predictSchema,
  sensitivity: sensitivitySchema,
  varyPriors: varySchema,
  tippingPoints: tippingSchema,
  ppc: ppcSchema,
  simulate: simulateSchema,
  simulateModel: simulateModelSchema,
  means: meansSchema,
  solve: solveSchema,
  residuals: residualsSchema,
  contrasts: contrastsSchema,
  sbc: sbcSchema,
  influence: influenceSchema,
  slopes: slopesSchema,
  test: testSchema,
  bootstrap: bootstrapSchema,
} as const;
