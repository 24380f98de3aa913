import { describe, expect, test } from 'vitest';
import { emitMs, KillCase } from '../harness/kill-case.ts';
import type { KillCaseOptions } from '../harness/kill-case.ts';
import { pause, until } from '../harness/until.ts';

/** Every kind of death once, whatever the master keeps its record in. */
export function killBehaviours(store: string, options: KillCaseOptions = {}): void {
  const withinMs = emitMs * 4 + 90_000;

  describe.concurrent(`a build, ${store}, survives`, { timeout: withinMs }, () => {
    test('its master killed and away for a while', async () => {
      await using build = await KillCase.start(options);
      build.fleet.killMaster();
      await pause(emitMs / 3);
      await build.fleet.startMaster();
      await build.survived();
    });

    test('its agent killed', async () => {
      await using build = await KillCase.start(options);
      await build.acknowledged(0.3);
      build.fleet.kill('agent');
      await build.survived();
    });

    test('its supervisor killed', async () => {
      await using build = await KillCase.start(options);
      build.fleet.kill('supervisor');
      await build.survived();
    });

    test('not its slot killed alone: it ends as slot-lost within seconds and is tried once more', async () => {
      await using build = await KillCase.start(options);
      const killedAt = Date.now();
      build.fleet.kill('slot');
      const lost = await until('the build has ended', async () => {
        const { state, reason } = await build.fleet.detail(build.build.id);
        return state === 'finished' ? reason : undefined;
      });
      expect(lost).toBe('slot-lost');
      expect(Date.now() - killedAt).toBeLessThan(10_000);
      const request = await build.fleet.finishedRequest(build.request, withinMs);
      expect(request.result).toBe('success');
      expect(await build.fleet.buildsOf(build.request)).toHaveLength(2);
      expect(build.starts()).toHaveLength(2);
      expect(build.living()).toEqual([]);
    });
  });
}
