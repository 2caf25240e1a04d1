import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
};

/** Serves a folder, and pages by their text, under a content security policy; null for none. */
export async function serve(
  folder: string,
  pages: Readonly<Record<string, string>>,
  policy: string | null,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const body = pages[path] ?? (await readFile(join(folder, path)).catch(() => null));
    const headers = policy === null ? {} : { "Content-Security-Policy": policy };
    response.writeHead(body === null ? 404 : 200, { ...headers, "Content-Type": types[extname(path)] ?? "text/plain" });
    response.end(body ?? "not found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return { url: `http://127.0.0.1:${address.port}`, server };
}
