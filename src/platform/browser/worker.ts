import { serveWork } from "../../parallel/serveWork.js";

// The body of a worker thread in a browser: the entry "marginalia/worker".

serveWork();
