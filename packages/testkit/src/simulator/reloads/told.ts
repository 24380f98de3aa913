import { query, rows } from '@millrace/master/store/operation';
import { eventsStart } from '@millrace/master/store/operations/event-place';
import { readEvents } from '@millrace/master/store/operations/events';
import type { StoredEvent } from '@millrace/master/store/operations/events';
import type { Store } from '@millrace/master/store/store';

export interface ToldEvent extends Omit<StoredEvent, 'data'> {
  readonly data: Readonly<Record<string, unknown>>;
}

interface BuiltBuild {
  readonly id: number;
  readonly request: number;
  readonly builder: string;
  readonly worker: string;
  readonly generation: string;
  readonly result: string | null;
  readonly reason: string | null;
  /** The generation that the plan itself names. */
  readonly madeBy: string;
}

interface AskedRequest {
  readonly id: number;
  readonly builder: string;
  readonly state: string;
  readonly result: string | null;
}

/** Everything that the record says of a run. */
export interface Told {
  readonly events: readonly ToldEvent[];
  readonly requests: readonly AskedRequest[];
  readonly builds: readonly BuiltBuild[];
}

const allRequests = query('test.all-requests', () =>
  rows<AskedRequest>('select id, builder, state, result from requests order by id'),
);
const allBuilds = query('test.all-builds', () =>
  rows<Omit<BuiltBuild, 'madeBy'> & { readonly plan: string }>(
    `select b.id, b.request, b.builder, b.worker, b.generation, b.result, b.reason, p.plan
     from builds b join plans p on p.hash = b.plan order by b.id`,
  ),
);

export async function readTold(store: Store): Promise<Told> {
  const events: ToldEvent[] = [];
  let after = eventsStart;
  for (let atHead = false; !atHead;) {
    const page = await store.do(readEvents, { after, limit: 1_000, filter: {} });
    for (const event of page.events)
      events.push({ ...event, data: JSON.parse(event.data) as ToldEvent['data'] });
    after = page.place;
    atHead = page.atHead;
  }
  const builds = (await store.do(allBuilds, undefined)).map(({ plan, ...build }) => ({
    ...build,
    madeBy: (JSON.parse(plan) as { properties: { madeBy: string } }).properties.madeBy,
  }));
  return { events, requests: await store.do(allRequests, undefined), builds };
}
