import type { Platform } from "../Platform.js";

export const platform: Platform = {
  threadsFit: false, // the engines would be in every page's worker
  processors: () => navigator.hardwareConcurrency || 1,
  nextTurn() {
    // Timers would wait for 4 ms.
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
  },
  openThread(file, { onMessage, onError }) {
    const worker =
      file === null
        ? new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
        : new Worker(file, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<unknown>) => onMessage(data);
    worker.onmessageerror = () => onError(new Error("a message could not be read"));
    worker.onerror = (event) => {
      event.preventDefault();
      onError(new Error(event.message || "its file could not be loaded"));
    };
    return {
      post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
      hold: () => {},
      end: () => worker.terminate(),
    };
  },
  connect(onMessage) {
    self.addEventListener("message", ({ data }: MessageEvent<unknown>) => onMessage(data));
    return (message, transfer = []) => self.postMessage(message, { transfer: [...transfer] });
  },
};
