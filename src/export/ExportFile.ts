/** A file of an export, made as it is read. */
export interface ExportFile {
  /** As it is called in a folder: "chain_1.csv". */
  readonly name: string;
  /** In order; texts are UTF-8. */
  readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
}
