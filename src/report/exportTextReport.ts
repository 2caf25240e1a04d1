/** What was exported, and to which files. */
export interface ExportReport {
  /** The format. */
  readonly to: string;
  readonly engine: string;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /** What was done to the draws, a sentence each. */
  readonly notes: readonly string[];
}

/** A line a file, and a line a note. */
export function exportTextReport({ to, engine, files, notes }: ExportReport): string {
  const lines = files.map(({ name, bytes }) => `${name}: ${to} of ${engine}, ${size(bytes)}`);
  return [...lines, ...notes.map((note) => `note: ${note}`)].map((line) => `${line}\n`).join("");
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
