import type { Health } from '@millrace/protocol/api/health';
import type { Worker } from '@millrace/protocol/api/workers';
import { messageOf } from '@millrace/kernel/errors';
import { ago } from '../client/duration.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clockFinding } from './clock.ts';
import { fail, ok, skip, warn } from './finding.ts';
import type { Finding } from './finding.ts';

export interface MasterLook {
  readonly url: string;
  readonly client: ApiClient;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Of this command. */
  readonly version: string;
}

const answerMs = 10_000;

/** The master at `MILLRACE_URL`, and its workers as it sees them. */
export async function masterFindings(look: MasterLook): Promise<readonly Finding[]> {
  const what = 'master';
  try {
    const asked = look.now();
    const answer = await look.fetch(`${look.url}/readyz`, { signal: AbortSignal.timeout(answerMs) });
    const answered = look.now();
    const health = (await answer.json()) as Partial<Health> & { readonly detail?: string };
    const ready = answer.ok
      ? ok(what, `ready on ${look.url}`)
      : warn(
          what,
          `${look.url}: ${health.detail ?? health.message ?? answer.status}`,
          'Wait, and look again.',
        );
    const date = Date.parse(answer.headers.get('date') ?? '');
    // The header has whole seconds.
    const clock = Number.isNaN(date)
      ? []
      : [clockFinding("the master's clock", nearest(date, asked - 1_000, answered))];
    return [ready, ...clock, ...(await apiFindings(look))];
  } catch (thrown) {
    return [
      skip(what, `nobody answers on ${look.url} (${messageOf(thrown)}); MILLRACE_URL says where it is`),
    ];
  }
}

/** How far a moment is outside of a span; 0 within. */
function nearest(at: number, from: number, to: number): number {
  if (at > to) return at - to;
  return at < from ? at - from : 0;
}

async function apiFindings(look: MasterLook): Promise<readonly Finding[]> {
  try {
    const api = await look.client.get<{ readonly info: { readonly version: string } }>('/openapi.json');
    const { items } = await look.client.get<{ readonly items: readonly Worker[] }>('/workers');
    const version =
      api.info.version === look.version
        ? ok('version', look.version)
        : warn(
            'version',
            `the master is ${api.info.version}, this is ${look.version}`,
            'Use the same on both.',
          );
    return [version, ...items.flatMap((worker) => workerFindings(worker, look.now(), api.info.version))];
  } catch (thrown) {
    return [warn('API', messageOf(thrown), 'Set MILLRACE_TOKEN to a token that may read.')];
  }
}

/** A worker as its master sees it. */
export function workerFindings(worker: Worker, now: number, masterVersion: string): readonly Finding[] {
  const what = `worker ${worker.name}`;
  if (!worker.connected) {
    const since =
      worker.heardAt === null ? 'it has never come' : `last heard of ${ago(now - worker.heardAt)}`;
    const todo = `Start it, and look what it says: millrace worker --name ${worker.name} ...`;
    return [worker.silent ? fail(what, since, todo) : warn(what, `not connected; ${since}`, todo)];
  }
  const version = worker.facts?.['version'];
  return [
    worker.accepts
      ? ok(what, `connected, ${worker.builds.length} of ${worker.slots} slots in use`)
      : warn(
          what,
          `takes no builds: ${worker.message ?? 'it does not say why'}`,
          'Mend that on its machine.',
        ),
    ...(worker.clockOffsetMs === null ? [] : [clockFinding(`${what}, its clock`, worker.clockOffsetMs)]),
    ...(typeof version === 'string' && version !== masterVersion
      ? [
          warn(
            what,
            `it is ${version}, the master ${masterVersion}`,
            'Upgrade it: its builds go on meanwhile.',
          ),
        ]
      : []),
  ];
}
