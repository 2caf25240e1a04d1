import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The built program. Threads and processes of their own run it: they cannot run the sources. */
export const main = resolve(import.meta.dirname, "../../dist/bin/marginalia.js");

if (!existsSync(main)) throw new Error("these tests need what `npm run build` makes");
