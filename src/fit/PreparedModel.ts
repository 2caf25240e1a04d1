import type { Table } from "../data/Table.js";
import type { TableFacts } from "../data/tableFacts.js";
import type { CompiledModel } from "../density/CompiledModel.js";
import type { Design } from "../design/Design.js";
import type { ModelAst } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import type { PluginRecord } from "../posterior/PluginRecord.js";

/** Something for information, with a word for programs. */
export interface Note {
  readonly code: string;
  readonly message: string;
}

/** A model met with its data, ready to be fitted. */
export interface PreparedModel {
  readonly ast: ModelAst;
  readonly design: Design;
  readonly compiled: CompiledModel;
  /** What is weak but does not stop a fit; of severity "note" where rows are dropped (code "dropped-rows"). */
  readonly problems: readonly Problem[];
  /** For information: what was recognised in reading the data, or taken one way of several. */
  readonly notes: readonly Note[];
  readonly data: TableFacts;
  /** The columns that the model reads, with all of their rows: design and density can be made from them again. */
  readonly table: Table;
  /** The plugins whose families and priors the model may name. */
  readonly plugins: readonly PluginRecord[];
}
