import type { RefusalCode } from '@millrace/protocol/agent/messages';
import type { WorkerConfig } from '../config/config.ts';
import { authenticate } from './authenticate.ts';
import type { Credentials } from './authenticate.ts';
import { trustOf } from './introduce.ts';

/** What a worker was told, or was judged by, at its welcome. */
export interface Terms {
  readonly trust: string;
  readonly heartbeatMs: number;
}

/** Why a worker of the config has to say hello anew; undefined: all is as it was. */
export function changedTerms(
  terms: Terms,
  now: { readonly workers: readonly WorkerConfig[]; readonly heartbeatMs: number; readonly at: number },
  { worker, credentials }: { readonly worker: string; readonly credentials: Credentials },
): { readonly code: RefusalCode; readonly message: string } | undefined {
  const known = authenticate(now.workers, worker, credentials, now.at);
  if (known.kind === 'refused') return known;
  if (now.heartbeatMs !== terms.heartbeatMs)
    return { code: 'store-trouble', message: 'The config has another `lostAfterMs`. Connect again.' };
  if (trustOf(now.workers, worker) !== terms.trust)
    return {
      code: 'store-trouble',
      message: 'The config has given this worker another level of trust. Connect again.',
    };
  return undefined;
}
