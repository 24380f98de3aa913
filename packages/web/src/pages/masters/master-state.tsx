import type { Master } from '@millrace/protocol/api/masters';
import { Ago } from '../../time/time.tsx';

/** Whether it runs, and since when. */
export function MasterState({ master: { startedAt, stoppedAt } }: { readonly master: Master }) {
  return stoppedAt === null ? (
    <span>
      Runs since <Ago at={startedAt} />.
    </span>
  ) : (
    <span>
      Stopped <Ago at={stoppedAt} />.
    </span>
  );
}
