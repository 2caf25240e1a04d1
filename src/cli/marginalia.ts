#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

// Most of a short run is spent in code that V8 has not optimised yet, so that functions are compiled, and watched for optimisation, from their
// first call on: this must be said before the program is loaded. It saves about a tenth of the time of small fits (`npm run timing:start`).
for (const flag of ["--no-lazy-feedback-allocation", "--always-sparkplug"]) setFlagsFromString(flag);

const { main } = await import("./main.js");
await main();
