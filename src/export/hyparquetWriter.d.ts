/** What is used of hyparquet-writer: its own types bring Node's globals and a browser's into the core. */
export interface ColumnSource {
  readonly name: string;
  readonly data: Float64Array | Int32Array;
  readonly type: "DOUBLE" | "INT32";
  readonly nullable: false;
  readonly encoding: "PLAIN";
}

/** Bytes that have been written; `index` of them have not been taken yet. */
export declare class ByteWriter {
  index: number;
  getBytes(): Uint8Array;
}

export interface SchemaElement {
  readonly name: string;
}

export declare function schemaFromColumnData(columns: {
  readonly columnData: readonly ColumnSource[];
}): SchemaElement[];

export declare class ParquetWriter {
  constructor(options: {
    readonly writer: ByteWriter;
    readonly schema: SchemaElement[];
    readonly codec: "UNCOMPRESSED";
    readonly statistics: boolean;
    readonly kvMetadata: readonly { readonly key: string; readonly value: string }[];
    readonly createdBy: string;
  });
  write(group: { readonly columnData: readonly ColumnSource[]; readonly rowGroupSize: number }): void;
  finish(): void;
}
