import type { Clock } from '@millrace/kernel/clock';
import { agentProtocolVersion } from '@millrace/protocol/agent/messages';
import type { FromAgent, RefusalCode } from '@millrace/protocol/agent/messages';
import { defaultTrust } from '@millrace/protocol/plan';
import { byName } from '../config/by-name.ts';
import type { CurrentConfig, WorkerConfig } from '../config/config.ts';
import type { AgentStore } from './agent-store.ts';
import { authenticate } from './authenticate.ts';
import type { Credentials } from './authenticate.ts';

export interface IntroduceParts {
  readonly config: CurrentConfig;
  readonly store: Pick<AgentStore, 'departed'>;
  readonly clock: Clock;
  /** Whether this worker may say hello now, or has done so too often. */
  readonly admits: (worker: string) => boolean;
  readonly onTrouble: (error: unknown) => void;
}

export type Introduced =
  | {
      readonly kind: 'known';
      readonly trust: string;
      /** Of its token, in milliseconds since 1970; null: it does not expire. */
      readonly tokenExpiresAt: number | null;
      /** How far its clock is ahead of this master's; undefined: it did not say. */
      readonly clockOffsetMs: number | undefined;
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** Whether who says hello may speak for the worker that it names, and on what terms. */
export async function introduce(
  hello: Extract<FromAgent, { type: 'hello' }>,
  credentials: Credentials,
  parts: IntroduceParts,
): Promise<Introduced> {
  const { worker, version } = hello;
  if (version !== agentProtocolVersion) {
    return refused(
      'protocol-version',
      `The worker speaks version ${version}, this master ${agentProtocolVersion}: bring both to one release of millrace.`,
    );
  }
  const now = parts.clock.now();
  const clockOffsetMs = hello.clock === undefined ? undefined : hello.clock - Math.round(now);
  const workers = await entriesFor(worker, parts).catch((error: unknown) => {
    parts.onTrouble(error);
    return parts.config.get().workers;
  });
  const known = authenticate(workers, worker, credentials, now);
  if (known.kind === 'refused') return known;
  // Only now: else a stranger could use up what a worker may.
  if (!parts.admits(worker))
    return refused('too-many-hellos', 'It says hello too often: each costs the store a commit.');
  return {
    kind: 'known',
    trust: trustOf(workers, worker),
    tokenExpiresAt: known.expiresAt,
    clockOffsetMs,
  };
}

/** A worker that has left the config while it builds may come back until that is recorded. */
async function entriesFor(
  worker: string,
  { config, store }: Pick<IntroduceParts, 'config' | 'store'>,
): Promise<readonly WorkerConfig[]> {
  const { workers } = config.get();
  if (byName(workers, worker) !== undefined) return workers;
  const departed = await store.departed(worker);
  return departed === null ? workers : [departed];
}

export function trustOf(workers: readonly WorkerConfig[], name: string): string {
  return byName(workers, name)?.trust ?? defaultTrust;
}

function refused(code: RefusalCode, message: string): Introduced {
  return { kind: 'refused', code, message };
}
