/**
 * Why times may be too long, a part of a sentence: others kept more than a quarter of the cores busy.
 * @param load processes that computed or waited to, mean of the minute before (`os.loadavg`); 0 where the system does not tell
 */
export const busyText = (load: number, cores: number): string | undefined =>
  load > cores / 4
    ? `other programs computed in the minute before (load average ${load.toFixed(1)}, cores ${cores})`
    : undefined;
