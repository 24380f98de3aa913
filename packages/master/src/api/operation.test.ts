import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import type { Readiness } from './api.ts';

let scene: ApiScene;
let readiness: Readiness = { ready: true };
beforeEach(() => {
  readiness = { ready: true };
  const operations = [{ operation: 'builds.list', done: 3, failed: 1, seconds: 0.25 }];
  const storeLoad = { figures: () => ({ operations, waiting: 2 }) };
  scene = new ApiScene({ parts: { ready: () => readiness, storeLoad } });
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('health', () => {
  test('is told apart from readiness', async () => {
    expect(await scene.get('//healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await scene.get('//readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    readiness = { ready: false, message: 'It is about to stop.' };
    expect((await scene.get('//healthz')).status).toBe(200);
    expect(await scene.get('//readyz')).toMatchObject({
      status: 503,
      body: { code: 'not-ready', detail: 'It is about to stop.' },
    });
  });
});

describe('GET /metrics', () => {
  test('tells the figures of the store and of the process', async () => {
    const build = await scene.rows.build({ builder: 'linux' });
    await build.startStep(0);
    const log = await build.openLog(0);
    await log.print('hello\n');
    await log.close();
    await build.finishStep(0, 'success');
    await build.finish('success');
    await scene.rows.build({ builder: 'linux' });
    await scene.rows.request({ builder: 'say "hi"' });
    const { text } = await scene.get('//metrics');
    for (const line of [
      'millrace_builds_finished_total{result="success"} 1',
      'millrace_builds_running 1',
      'millrace_requests_pending{builder="say \\"hi\\""} 1',
      'millrace_workers_connected 1',
      'millrace_slots 4',
      'millrace_store_operations_total{operation="builds.list"} 3',
      'millrace_store_operations_failed_total{operation="builds.list"} 1',
      'millrace_store_operation_seconds_total{operation="builds.list"} 0.25',
      'millrace_store_operations_waiting 2',
      'millrace_event_loop_delay_seconds{quantile="0.99"} 0.002',
      'process_cpu_seconds_total 2',
    ])
      expect(text.split('\n')).toContain(line);
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{.*\})? -?[\d.e+-]+)$/u);
  });
});
