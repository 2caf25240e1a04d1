// The program as two files: Node reads one of them in a third of the time that it takes for the modules one by one.
export default {
  input: { marginalia: "dist/cli/main.js", chainWorker: "dist/parallel/chainWorker.js" },
  platform: "node",
  output: { dir: "dist/bin", format: "esm", chunkFileNames: "[name].js" },
};
