import type { HoldState } from '@millrace/protocol/api/holds';
import { holdSentence } from './worker-hold.ts';

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
  /** Null: it was never seen. */
  readonly trust: string | null;
  /** Somebody has stopped it for a while. */
  readonly hold: { readonly state: HoldState; readonly reason: string; readonly by: string | null } | null;
}

export interface Waiting {
  readonly builder: string;
  /** The builder's. */
  readonly trust: string;
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
  const trusted = workers.filter(({ trust }) => trust === null || trust === request.trust);
  if (trusted.length === 0 && workers.length > 0) {
    const levels = workers.slice(0, namedMax).map(({ name, trust }) => `${name} has "${trust}"`);
    return `It needs a worker of the trust "${request.trust}": ${levels.join(', ')}.`;
  }
  const here = trusted.filter((worker) => worker.connected && !worker.silent);
  if (here.length === 0) return `No worker that may run it is connected (${names(trusted)}).`;
  const willing = here.filter((worker) => worker.accepts && worker.hold === null);
  if (willing.length === 0) return `No connected worker takes builds: ${here.map(refusal).join('; ')}`;
  const free = willing.some((worker) => worker.busy < worker.slots);
  const behind =
    request.ahead === 0
      ? ''
      : ` ${request.ahead} ${request.ahead === 1 ? 'request goes' : 'requests go'} first.`;
  if (free) return `It is about to be given out.${behind}`;
  return `Every slot is busy (${names(willing)}).${behind}`;
}

/** `linux-1 is paused by "ann": a new disk` */
function refusal({ name, hold, message }: WorkerState): string {
  return hold === null ? `${name}: ${message ?? 'it takes none'}` : `${name} is ${holdSentence(hold)}`;
}

const namedMax = 4;

function names(workers: readonly WorkerState[]): string {
  const first = workers.slice(0, namedMax).map((worker) => worker.name);
  const rest = workers.length - first.length;
  return first.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
