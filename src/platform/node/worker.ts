import { serveWork } from "../../parallel/serveWork.js";

// The body of a worker thread on Node: the entry "marginalia/worker".

serveWork();
