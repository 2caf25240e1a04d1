/** Milliseconds of processor time of this process: what other programs take does not count. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
