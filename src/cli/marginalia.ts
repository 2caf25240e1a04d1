#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

// Most of a short run is spent in code that V8 has not optimised yet, and a third of its CPU time in optimising: functions are compiled, and watched for
// optimisation, from their first call on, and fewer calls are inlined into them. This must be said before the program is loaded. It saves about a sixth
// of the time of small fits (`npm run timing:start`); fits of seconds take as long as without.
const flags = ["--no-lazy-feedback-allocation", "--always-sparkplug", "--max-inlined-bytecode-size-cumulative=320"];
for (const flag of flags) setFlagsFromString(flag);

const { main } = await import("./main.js");
await main();
