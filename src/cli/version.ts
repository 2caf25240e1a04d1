import { createRequire } from "node:module";

/** The version in package.json, which stands two folders up from here, in the sources and in what is built of them. */
export const version: string = createRequire(import.meta.url)("../../package.json").version;
