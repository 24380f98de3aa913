import type { LogName } from '@millrace/protocol/agent/messages';

/** Which logs somebody follows, counted, so that the last who goes turns it off. */
export class WatchedLogs {
  readonly #builds = new Map<number, Map<number, number>>();

  /** True when this one is the first. */
  add({ build, log }: LogName): boolean {
    const logs = this.#builds.get(build) ?? new Map<number, number>();
    this.#builds.set(build, logs);
    const count = (logs.get(log) ?? 0) + 1;
    logs.set(log, count);
    return count === 1;
  }

  /** True when this one was the last. */
  remove({ build, log }: LogName): boolean {
    const logs = this.#builds.get(build);
    const count = logs?.get(log);
    if (logs === undefined || count === undefined) return false;
    if (count > 1) {
      logs.set(log, count - 1);
      return false;
    }
    logs.delete(log);
    if (logs.size === 0) this.#builds.delete(build);
    return true;
  }

  ofBuild(build: number): LogName[] {
    return [...(this.#builds.get(build)?.keys() ?? [])].map((log) => ({ build, log }));
  }
}
