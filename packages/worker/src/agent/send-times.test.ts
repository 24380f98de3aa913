import { FakeClock } from '@millrace/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SendTimes } from './send-times.ts';

describe('when journals are sent', () => {
  let clock: FakeClock;
  let times: SendTimes<string>;
  let sent: string[];

  beforeEach(() => {
    // At the beginning of the two seconds of a collection.
    clock = new FakeClock(1_000_000);
    sent = [];
    times = new SendTimes(clock, (journals) =>
      sent.push(`${[...journals].join()} at ${clock.monotonicMs()}`),
    );
  });

  afterEach(() => {
    times.stop();
    expect(clock.pending).toBe(0);
  });

  test('the first after a pause goes at once, and what follows it together', async () => {
    times.grown('a', 'now', false);
    await clock.advance(5);
    times.grown('b', 'now', false);
    await clock.advance(5);
    times.grown('c', 'now', false);
    times.grown('b', 'now', false);
    await clock.advance(100);
    expect(sent).toEqual(['a at 0', 'b,c at 20']);
    times.grown('d', 'now', false);
    expect(sent).toHaveLength(3);
  });

  test('one that is alone waits for nobody', async () => {
    for (let word = 0; word < 3; word++) {
      times.grown('a', 'now', true);
      times.grown('a', 'gather', true);
      await clock.advance(1);
    }
    expect(sent).toHaveLength(6);
  });

  test('what comes at the end of a common window is gathered, and goes with what is more urgent', async () => {
    times.grown('a', 'gather', false);
    await clock.advance(2);
    times.grown('b', 'gather', false);
    await clock.advance(2);
    expect(sent).toEqual(['a,b at 4']);
    await clock.advance(96);
    times.grown('a', 'gather', false);
    await clock.advance(1);
    times.grown('c', 'now', false);
    expect(sent).toEqual(['a,b at 4', 'a,c at 101']);
    await clock.advance(100);
    expect(sent).toHaveLength(2);
  });

  test('what nobody watches is collected for two seconds, less what has gone with something else', async () => {
    times.grown('a', 'collect', false);
    await clock.advance(50);
    times.grown('b', 'collect', false);
    times.grown('b', 'now', false);
    await clock.advance(49);
    expect(sent).toEqual(['b at 50']);
    await clock.advance(1);
    expect(sent).toEqual(['b at 50', 'a at 100']);
    times.grown('a', 'collect', false);
    await clock.advance(1_999);
    expect(sent).toHaveLength(2);
    await clock.advance(1);
    expect(sent).toEqual(['b at 50', 'a at 100', 'a at 2100']);
  });

  test('one that is no more is left out', async () => {
    times.grown('a', 'gather', false);
    times.grown('b', 'gather', false);
    times.grown('a', 'collect', false);
    times.forget('a');
    await clock.advance(5_000);
    expect(sent).toEqual(['b at 4']);
  });
});
