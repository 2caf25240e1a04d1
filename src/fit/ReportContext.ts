/** What a report tells besides the fit itself. */
export interface ReportContext {
  /** Seconds that it took to read model and data. Default 0. */
  readonly read?: number;
  /** Seconds since the start of the program. Default: those of reading, compiling and fitting. */
  readonly total?: number;
  /** Whether the covariance matrices of the random terms are wanted. Default false. */
  readonly covariance?: boolean;
}
