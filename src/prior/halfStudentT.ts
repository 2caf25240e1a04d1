import type { PriorDistribution } from "./Prior.js";
import { positive } from "./parameters.js";
import { makeStudentT } from "./studentT.js";
import { positiveHalf } from "./truncate.js";

/** half_student_t(df, scale): |X| of student_t(df, 0, scale) */
export const halfStudentT: PriorDistribution = {
  name: "half_student_t",
  parameters: [positive("df"), positive("scale")],
  make: ([df, scale]) => positiveHalf(makeStudentT(df, 0, scale)),
  rescaled: ([df, scale], factor) => [df, factor * scale],
};
