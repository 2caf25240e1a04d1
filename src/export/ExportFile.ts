/** A file of an export, made as it is read. */
export interface ExportFile {
  /** The name of the file in its folder: "chain_1.csv". */
  readonly name: string;
  /** In order; texts are UTF-8. */
  readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
}
