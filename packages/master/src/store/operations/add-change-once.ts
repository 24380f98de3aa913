import { operation } from '../operation.ts';
import type { Work } from '../operation.ts';
import { addChange } from './changes.ts';
import type { AddedChange, NewChange } from './changes.ts';
import { once } from './idempotency.ts';
import type { Idempotency, Once } from './idempotency.ts';

/** For programs that tell of a change by the API, and may tell it again. */
export const addChangeOnce = operation(
  'changes.addOnce',
  function* (
    tx,
    input: { readonly change: NewChange; readonly idempotency: Idempotency | null },
  ): Work<Once<AddedChange>> {
    return yield* once(tx, input.idempotency, () => addChange(tx, input.change));
  },
);
