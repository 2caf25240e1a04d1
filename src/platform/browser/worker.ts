import { serveChains } from "../../parallel/serveChains.js";

// The body of a worker thread in a browser: the entry "marginalia/worker".

serveChains();
