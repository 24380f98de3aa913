import { fixedConfig, loadedConfig } from '@millrace/testkit/fixed-config';
import { expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import { RestartedDuty } from './restarted-duty.ts';

const configOf = (repositories: readonly string[], lostAfterMs = 1) =>
  ({ repositories, lostAfterMs }) as unknown as Config;

it('begins a duty anew when what it reads has changed, and only then', async () => {
  const config = fixedConfig(configOf(['a']));
  const seen: string[] = [];
  const duty = {
    run: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        seen.push(`begins with ${config.get().repositories.join()}`);
        signal.addEventListener('abort', () => {
          seen.push('ends');
          resolve();
        });
      }),
  };
  const stop = new AbortController();
  const running = new RestartedDuty({ duty, config, reads: ({ repositories }) => repositories }).run(
    stop.signal,
  );
  await config.enter(loadedConfig(configOf(['a'], 2)));
  expect(seen).toEqual(['begins with a']);
  await config.enter(loadedConfig(configOf(['a', 'b'])));
  await config.enter(loadedConfig(configOf(['a', 'b'], 3)));
  stop.abort();
  await running;
  expect(seen).toEqual(['begins with a', 'ends', 'begins with a,b', 'ends']);
});
