import type { QueryClient } from '@tanstack/react-query';
import type { Request } from '@millrace/protocol/api/requests';
import type { Worker } from '@millrace/protocol/api/workers';
import { post } from '../api/call.ts';
import { toasts } from '../toasts/toasts.ts';

export type HoldAct = 'pause' | 'drain';

const done: Readonly<Record<HoldAct, string>> = { pause: 'is paused', drain: 'takes no new builds' };

function tellError(error: unknown): false {
  toasts.show({ text: error instanceof Error ? error.message : String(error), bad: true });
  return false;
}

/** Gives a worker no new builds. Says whether it was taken. */
export async function holdWorker(
  worker: string,
  act: HoldAct,
  reason: string,
  held: QueryClient,
): Promise<boolean> {
  return post<Worker>(`/workers/${encodeURIComponent(worker)}/${act}`, { reason }).then(async () => {
    toasts.show({ text: `${worker} ${done[act]}.` });
    await held.invalidateQueries({ queryKey: ['workers'] });
    return true;
  }, tellError);
}

/** Gives a worker builds again. */
export async function resumeWorker(worker: string, held: QueryClient): Promise<void> {
  await post<Worker>(`/workers/${encodeURIComponent(worker)}/resume`, {}).then(async () => {
    toasts.show({ text: `${worker} takes builds again.` });
    await held.invalidateQueries({ queryKey: ['workers'] });
  }, tellError);
}

/** Lets a request that waits go before others, or behind them. */
export async function setPriority(
  request: Pick<Request, 'id' | 'builder'>,
  priority: number,
  held: QueryClient,
): Promise<void> {
  await post<Request>(`/requests/${request.id}/priority`, { priority }).then(
    () => held.invalidateQueries({ queryKey: ['requests'] }),
    tellError,
  );
}
