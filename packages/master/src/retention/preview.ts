import type { Retention } from '@millrace/protocol/api/retention';
import type { Config } from '../config/config.ts';
import { dayMs } from '../model/retention.ts';
import type { BuilderKeeps } from '../model/retention.ts';
import { everyBuilder, retentionBounds } from '../store/operations/retention-candidates.ts';
import { previewCommon, previewRetention } from '../store/operations/retention-preview.ts';
import type { Store } from '../store/store.ts';
import { commonKeeps, keepsOf } from './keeps.ts';

/** What one question looks at: on SQLite the master's own thread waits for it. */
const buildsAtOnce = 200;

/** What a pass would remove now, by this config. Nothing is changed. */
export async function previewPass(store: Store, config: Config): Promise<Retention> {
  const builders: Retention['builders'][number][] = [];
  for (const builder of await store.do(everyBuilder, undefined)) {
    const keeps = keepsOf(config, builder);
    builders.push({ builder, ...keeps, due: await dueOf(store, builder, keeps) });
  }
  const { eventsDays, changesDays } = commonKeeps(config);
  const olderThanMs = (days: number | null): number | null => (days === null ? null : days * dayMs);
  const due = await store.do(previewCommon, {
    eventsOlderThanMs: olderThanMs(eventsDays),
    changesOlderThanMs: olderThanMs(changesDays),
  });
  return {
    builders,
    events: { days: eventsDays, due: due.events },
    changes: { days: changesDays, due: due.changes },
  };
}

async function dueOf(
  store: Store,
  builder: string,
  keeps: BuilderKeeps,
): Promise<Retention['builders'][number]['due']> {
  const bounds = await store.do(retentionBounds, { builder, keeps });
  const due = { builds: 0, logs: 0, bytes: 0 };
  for (let after: number | null = 0; after !== null;) {
    const batch: {
      readonly builds: number;
      readonly logs: number;
      readonly bytes: number;
      readonly next: number | null;
    } = await store.do(previewRetention, { builder, keeps, bounds, after, limit: buildsAtOnce });
    due.builds += batch.builds;
    due.logs += batch.logs;
    due.bytes += batch.bytes;
    after = batch.next;
  }
  return due;
}
