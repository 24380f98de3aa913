import { describe, expect, test } from 'vitest';
import { killBehaviours } from './behaviours/kills.ts';
import { emitMs, KillCase } from './harness/kill-case.ts';
import { pause, until } from './harness/until.ts';

/*
 * A build that prints 200,000 lines with pauses and pieces of lines, somebody who follows it, and everything
 * that can die round it, one after the other. `npm run kills` takes the whole minute a case, `npm test` a
 * shorter one.
 */
const withinMs = emitMs * 4 + 90_000;

killBehaviours('recorded in a data folder');

describe.concurrent('a build survives', { timeout: withinMs }, () => {
  test('its master killed, and away for longer than a worker may be silent, three times', async () => {
    await using build = await KillCase.start({ lostAfterMs: 1_500 });
    for (let turn = 0; turn < 3; turn++) {
      build.fleet.killMaster();
      await pause(2_500);
      await build.fleet.startMaster();
      await build.fleet.connected();
    }
    await build.survived();
  });

  test('its agent and its master killed at once', async () => {
    await using build = await KillCase.start();
    build.fleet.killMaster();
    build.fleet.kill('agent');
    await pause(1_000);
    await build.fleet.startMaster();
    await build.survived();
  });

  test('its connection reset, again and again', async () => {
    await using build = await KillCase.start({ proxied: true });
    for (let turn = 0; turn < 5; turn++) {
      build.fleet.proxy.reset();
      await pause(500);
    }
    await build.survived();
  });

  test('its packets dropped for longer than the heartbeat', async () => {
    await using build = await KillCase.start({ proxied: true, lostAfterMs: 12_000 });
    build.fleet.proxy.swallow(true);
    await pause(7_000);
    build.fleet.proxy.swallow(false);
    await build.survived();
  });

  test('twenty kills of master and agent at random', async () => {
    await using build = await KillCase.start();
    let state = 20;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    for (let turn = 0; turn < 20; turn++) {
      if (random() < 0.5) {
        build.fleet.killMaster();
        await build.fleet.startMaster();
      } else {
        await until('an agent is there to kill', () => build.fleet.pids('agent').length > 0);
        build.fleet.kill('agent');
      }
      await pause(random() * (emitMs / 40));
    }
    await build.survived();
  });
});

describe.concurrent('a build that cannot survive', { timeout: withinMs }, () => {
  test('cut off for too long, `retry`: it is made anew elsewhere, and fenced at its return', async () => {
    await using build = await KillCase.start({ lostAfterMs: 3_000, proxied: true, workers: ['one'] });
    build.fleet.proxy.swallow(true);
    await until(
      'the build is lost',
      async () => (await build.fleet.detail(build.build.id)).reason === 'worker-lost',
    );
    build.fleet.proxy.swallow(false);
    await until('the first command is gone', () => build.living().length <= 1, 60_000);
    const request = await build.fleet.finishedRequest(build.request, withinMs);
    expect(request.result).toBe('success');
    const builds = await build.fleet.buildsOf(build.request);
    expect(builds.map(({ result, reason }) => reason ?? result)).toEqual(['worker-lost', 'success']);
    expect(build.starts()).toHaveLength(2);
    expect(build.living()).toEqual([]);
  });

  test('cut off for too long, `stop`: its commands are dead before the retry starts', async () => {
    await using build = await KillCase.start({ lostAfterMs: 4_000, proxied: true, onSilence: 'stop' });
    build.fleet.proxy.swallow(true);
    await until(
      'the build is lost',
      async () => (await build.fleet.detail(build.build.id)).reason === 'worker-lost',
    );
    expect(build.living()).toEqual([]);
    build.fleet.proxy.swallow(false);
    const request = await build.fleet.finishedRequest(build.request, withinMs);
    expect(request.result).toBe('success');
    expect(build.starts()).toHaveLength(2);
  });

  test('cut off for too long, `wait`: nothing is tried again, and it goes on', async () => {
    await using build = await KillCase.start({ lostAfterMs: 3_000, proxied: true, onSilence: 'wait' });
    build.fleet.proxy.swallow(true);
    await until('the worker is silent', async () => (await build.fleet.detail(build.build.id)).silent);
    build.fleet.proxy.swallow(false);
    await build.survived();
  });
});
