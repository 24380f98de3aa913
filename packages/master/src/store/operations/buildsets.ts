import type { PropertyValue } from '@millrace/protocol/property';
import { insert, operation, signal } from '../operation.ts';
import type { Transaction, Work } from '../operation.ts';
import { emit } from './emit.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';

export interface Source {
  readonly repository: string;
  readonly branch: string;
  /** Absolute. */
  readonly revision: string;
}

/** One decision to build: a request for each builder, all at the same revision. */
export interface NewBuildset {
  /** The scheduler that decided; null where a person did. */
  readonly scheduler: string | null;
  readonly reason: string;
  readonly source: Source | null;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly builders: readonly { readonly name: string; readonly priority: number }[];
}

export interface AddedBuildset {
  readonly buildset: number;
  /** In the order of the builders. */
  readonly requests: readonly number[];
}

export function* addBuildset(tx: Transaction, input: NewBuildset): Work<AddedBuildset> {
  const { scheduler, reason, source } = input;
  const buildset = yield* insert(
    `insert into buildsets (scheduler, reason, repository, branch, revision, properties, created_at)
     values (?, ?, ?, ?, ?, ?, ?)`,
    scheduler,
    reason,
    source?.repository ?? null,
    source?.branch ?? null,
    source?.revision ?? null,
    JSON.stringify(input.properties),
    tx.now,
  );
  yield* emit(tx, { type: 'buildset.added', buildset, data: { scheduler, reason, source } });
  const requests: number[] = [];
  for (const builder of input.builders) {
    const request = yield* insert(
      `insert into requests (buildset, builder, state, priority, created_at, not_before)
       values (?, ?, 'pending', ?, ?, ?)`,
      buildset,
      builder.name,
      builder.priority,
      tx.now,
      tx.now,
    );
    yield* emit(tx, { type: 'request.added', buildset, request, builder: builder.name });
    requests.push(request);
  }
  yield* signal({ topic: 'requests' });
  return { buildset, requests };
}

/** For people and programs that ask by the API: repeating it with its key adds nothing. */
export const buildsetsAdd = operation(
  'buildsets.add',
  function* (
    tx,
    input: NewBuildset & { readonly idempotency?: Idempotency | null },
  ): Work<Once<AddedBuildset>> {
    return yield* once(tx, input.idempotency ?? null, () => addBuildset(tx, input));
  },
);
