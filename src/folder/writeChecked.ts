import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What a file holds, by which a change of it is seen. */
export interface FileRecord {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, in hexadecimal digits. */
  readonly sha256: string;
}

/** Writes a file down to the disk and says what it holds. */
export async function writeChecked(
  path: string,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<Omit<FileRecord, "name">> {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* watched() {
    for await (const chunk of chunks) {
      const written = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      hash.update(written);
      bytes += written.byteLength;
      if (written.byteLength > 0) yield written;
    }
  }
  await pipeline(Readable.from(watched()), createWriteStream(path, { flush: true }));
  return { bytes, sha256: hash.digest("hex") };
}
