#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

// A third of the CPU time of a short run is V8's optimising, which takes less where fewer calls are inlined: this must be said before the program is
// loaded. It saves about a tenth of the time of small fits (`npm run timing:start`).
setFlagsFromString("--max-inlined-bytecode-size-cumulative=320");

const { main } = await import("./main.js");
await main();
