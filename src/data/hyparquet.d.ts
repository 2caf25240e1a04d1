/** What is used of hyparquet: its own types bring Node's globals and a browser's into the core. */
export interface ParquetMetadata {
  readonly num_rows: bigint;
  readonly schema: readonly {
    readonly name: string;
    readonly converted_type?: string;
    readonly scale?: number;
    readonly num_children?: number;
  }[];
}

/** Values of a column in rows from `rowStart` on, from 0. */
export interface ParquetChunk {
  readonly columnName: string;
  readonly columnData: ArrayLike<unknown>;
  readonly rowStart: number;
}

export declare function parquetMetadata(buffer: ArrayBuffer): ParquetMetadata;

export declare function parquetRead(options: {
  readonly file: ArrayBuffer;
  readonly metadata: ParquetMetadata;
  readonly compressors: object;
  readonly onChunk: (chunk: ParquetChunk) => void;
}): Promise<void>;
