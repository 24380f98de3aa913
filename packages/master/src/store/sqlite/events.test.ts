import { eventBehaviours } from '@millrace/testkit/conformance/events-behaviours';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { openSqliteInPlace } from './in-place.ts';

eventBehaviours('SQLite in place', async () => {
  const clock = new FakeClock();
  const store = openSqliteInPlace({ folder: null, clock, random: new SeededRandom(1) });
  return { store, second: store, advance: (ms) => clock.advance(ms) };
});
