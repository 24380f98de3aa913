import type { Master } from '@millrace/protocol/api/masters';
import type { ClientContext } from './client-context.ts';
import { printable } from './printable.ts';
import { UsageError } from './usage-error.ts';

/** What a master does by itself is asked of one: where several run, somebody has to say which. */
export async function onlyMaster({ client }: Pick<ClientContext, 'client'>): Promise<string> {
  const { items } = await client.get<{ items: Master[] }>('/masters', { limit: 1000 });
  const running = items.filter(({ stoppedAt }) => stoppedAt === null);
  const [first] = running;
  if (first !== undefined && running.length === 1) return first.name;
  throw new UsageError(
    `several masters share this store: name this one with --master (${running.map(({ name }) => printable(name)).join(', ')}).`,
  );
}
