import { serveChains } from "../../parallel/serveChains.js";

// The body of a worker thread on Node: the entry "marginalia/worker".

serveChains();
