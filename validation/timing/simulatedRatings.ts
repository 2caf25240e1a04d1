import { createStream } from "marginalia";

const rows = 70_000;
const students = 3000;
const lecturers = 1100;
/** About those of lme4's InstEval. */
const sd = { student: 0.33, lecturer: 0.52, sigma: 1.18 };

/** A CSV file of ratings y of lecturers by students, with a covariate x: two crossed factors, met at random. */
export function simulatedRatings(): string {
  const random = createStream("ratings", 0);
  const level = (levels: number) => Math.floor(random.uniform() * levels);
  const studentEffects = Array.from({ length: students }, () => sd.student * random.normal());
  const lecturerEffects = Array.from({ length: lecturers }, () => sd.lecturer * random.normal());
  const lines = Array.from({ length: rows }, () => {
    const [student, lecturer, x] = [level(students), level(lecturers), random.normal()];
    const y = 3.2 + 0.2 * x + studentEffects[student] + lecturerEffects[lecturer] + sd.sigma * random.normal();
    return `${y},${x},s${student},l${lecturer}`;
  });
  return `y,x,student,lecturer\n${lines.join("\n")}\n`;
}
