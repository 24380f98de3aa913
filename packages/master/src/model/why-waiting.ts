/** What is known of one that could run it. */
export interface WorkerState {
  readonly name: string;
  readonly connected: boolean;
  readonly silent: boolean;
  readonly accepts: boolean;
  /** Why it takes none. */
  readonly message: string | null;
  readonly slots: number;
  readonly busy: number;
}

export interface Waiting {
  readonly builder: string;
  readonly notBefore: number;
  readonly retries: number;
  /** Requests that go first: of higher priority, or older. */
  readonly ahead: number;
}

/**
 * Why a pending request waits, as a sentence for people. `workers` are those that its builder names, in the
 * config's order; undefined where the config no longer has the builder.
 */
export function whyWaiting(
  request: Waiting,
  workers: readonly WorkerState[] | undefined,
  now: number,
): string {
  if (!workers)
    return `The config has no builder "${request.builder}" any more. Cancel the request, or bring it back.`;
  if (request.notBefore > now) {
    const seconds = Math.ceil((request.notBefore - now) / 1000);
    return `Infrastructure failed; try ${request.retries + 1} follows in ${seconds} s.`;
  }
  const here = workers.filter((worker) => worker.connected && !worker.silent);
  if (here.length === 0) return `No worker that may run it is connected (${names(workers)}).`;
  const willing = here.filter((worker) => worker.accepts);
  if (willing.length === 0) {
    return `No connected worker takes builds: ${here.map(({ name, message }) => `${name}: ${message ?? 'paused'}`).join('; ')}`;
  }
  const free = willing.some((worker) => worker.busy < worker.slots);
  const behind =
    request.ahead === 0
      ? ''
      : ` ${request.ahead} ${request.ahead === 1 ? 'request goes' : 'requests go'} first.`;
  if (free) return `It is about to be given out.${behind}`;
  return `Every slot is busy (${names(willing)}).${behind}`;
}

const namedMax = 4;

function names(workers: readonly WorkerState[]): string {
  const first = workers.slice(0, namedMax).map((worker) => worker.name);
  const rest = workers.length - first.length;
  return first.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
