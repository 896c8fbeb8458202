import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A control group in which processes get so much of a processor, as a container with a limit does. */
export interface CpuLimit {
  /** The command with what puts it into the group before it begins. */
  within(command: readonly string[]): readonly string[];
  /** To be waited for before a command, so that it begins with a whole share. */
  readonly periodMs: number;
  remove(): void;
}

/**
 * Makes one, in version 1 or 2 of control groups; it takes the rights of root.
 *
 * @param share in thousandths of a processor, as Kubernetes counts
 * @param periodMs the share is given out anew so often; 100 is what Kubernetes sets
 * @returns the reason when it cannot be done here
 */
export function limitCpu(share: number, periodMs: number): CpuLimit | string {
  const name = `maestro-cli-bench-${process.pid}-${periodMs}`;
  const quotaUs = share * periodMs;
  const reasons: string[] = [];
  for (const [root, limits] of [
    ['/sys/fs/cgroup/cpu', { 'cpu.cfs_period_us': `${periodMs * 1000}`, 'cpu.cfs_quota_us': `${quotaUs}` }],
    ['/sys/fs/cgroup', { 'cpu.max': `${quotaUs} ${periodMs * 1000}` }],
  ] as const) {
    const folder = join(root, name);
    try {
      mkdirSync(folder);
    } catch (error) {
      reasons.push((error as Error).message);
      continue;
    }
    try {
      for (const [file, text] of Object.entries(limits)) {
        // A file that is not there means that this is another version, or that processors are not shared out here.
        readFileSync(join(folder, file));
        writeFileSync(join(folder, file), text);
      }
      return {
        within: (command) => ['sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', folder, ...command],
        periodMs,
        remove: () => rmdirSync(folder),
      };
    } catch (error) {
      reasons.push((error as Error).message);
      rmdirSync(folder);
    }
  }
  return `no control group could be made (${reasons.join('; ')})`;
}
