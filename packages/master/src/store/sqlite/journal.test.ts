import { FakeClock } from '@millrace/testkit/fake-clock';
import { journalBehaviours } from '@millrace/testkit/conformance/journal-behaviours';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { openSqliteInPlace } from './in-place.ts';

journalBehaviours('SQLite in place', async () => {
  const clock = new FakeClock();
  const store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  return { store, second: store, advance: (ms) => clock.advance(ms) };
});
