import { expect, test } from 'vitest';
import { ChunkReader } from '@millrace/master/logs/chunk-reader';
import { look } from '@millrace/master/store/operations/dispatch';
import { readEvents } from '@millrace/master/store/operations/events';
import { listBuilds } from '@millrace/master/store/operations/list-builds';
import { readBuildDetail } from '@millrace/master/store/operations/read-builds';
import { listChanges } from '@millrace/master/store/operations/read-changes';
import { readLogDetail } from '@millrace/master/store/operations/read-logs';
import { listRequests } from '@millrace/master/store/operations/read-requests';
import type { Store } from '@millrace/master/store/store';
import { Rows } from '../rows.ts';
import { firstLogText } from './first-schema.ts';

/** What a store of the first schema has to say when it has been brought to today's: all that it had. */
export function upgradedBehaviours(name: string, open: () => Promise<Store>): void {
  test(`a store of the first schema on ${name} is brought to the newest with everything in it, and goes on`, async () => {
    const store = await open();
    const builds = await store.do(listBuilds, { filter: {}, limit: 10 });
    expect(builds).toMatchObject([
      { id: 2, number: 2, state: 'running', worker: 'w1' },
      { id: 1, number: 1, state: 'finished', result: 'success' },
    ]);
    expect(await store.do(readBuildDetail, { build: 1 })).toMatchObject({
      steps: [{ name: 'make', result: 'success', exitCode: 0, logs: [{ name: 'output', lines: 2 }] }],
      properties: [{ name: 'colour', value: 'blue' }],
      buildset: { reason: 'a change', scheduler: 'on-main' },
      change: { author: 'Ann', message: 'Begin' },
    });
    expect(await store.do(readLogDetail, { log: 1 })).toMatchObject({ state: 'closed', expired: null });
    let text = '';
    for await (const part of new ChunkReader(store).from(1, 0))
      if (part.kind === 'bytes') text += Buffer.from(part.bytes).toString();
    expect(text).toBe(firstLogText);
    expect(await store.do(listChanges, { filter: {}, limit: 10 })).toMatchObject([{ author: 'Ann' }]);
    const requests = await store.do(listRequests, { filter: {}, limit: 10 });
    expect(requests.map(({ state }) => state).toSorted()).toEqual(['claimed', 'finished', 'pending']);
    const { events } = await store.do(readEvents, { after: { xid: 0, seq: 0 }, limit: 10, filter: {} });
    expect(events.map(({ type }) => type)).toEqual(['build.started', 'build.finished']);

    // What comes next is numbered on, and the request that waited is found.
    const next = await new Rows(store).build({ builder: 'linux', worker: 'w2' });
    expect(next).toMatchObject({ id: 3, number: 3 });
    const looked = await store.do(look, {
      master: 'm1',
      builders: [{ name: 'linux', workers: ['w2'] }],
      perBuilderMax: 10,
    });
    expect(looked.requests).toMatchObject([{ id: 3, priority: 5 }]);
    await store.close();
  });
}
