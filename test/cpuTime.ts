/** Milliseconds that this process has computed since `cpuTime()` was called: the same on a machine that is busy with other things. */
export function cpuTime(): () => number {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
}
