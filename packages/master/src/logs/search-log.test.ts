import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogMatches } from '@millrace/protocol/api/logs';
import { ApiScene } from '@millrace/testkit/api-scene';
import type { RowLog } from '@millrace/testkit/rows';

let scene: ApiScene;
let log: RowLog;
beforeEach(async () => {
  scene = new ApiScene();
  const build = await scene.rows.build({ builder: 'linux' });
  await build.startStep(0);
  log = await build.openLog(0);
});
afterEach(() => scene[Symbol.asyncDispose]());

const search = async (query: string): Promise<LogMatches> =>
  (await scene.get(`/logs/1/search?${query}`)).body;

describe('looking for a text in a log', () => {
  test('finds its lines, in any case, through colours and chunks, and says where in them', async () => {
    await log.print('all is well\nan \u001b[1;31mErr\u001b[0mor: 5\r\nan ');
    await log.print('error too\nno');
    const { items, nextCursor } = await search('text=error');
    expect(items).toEqual([
      { line: 1, byte: 12, column: 3, text: 'an Error: 5' },
      { line: 2, byte: 36, column: 3, text: 'an error too' },
    ]);
    expect(nextCursor).toBeNull();
    expect((await search('text=error&matchCase=true')).items.map(({ line }) => line)).toEqual([2]);
  });

  test('goes on from its cursor, past what was not kept', async () => {
    await log.print('one x\ntwo\nthree x\n');
    await log.gap(5, 50);
    await log.print('four x\n');
    const first = await search('text=x&limit=2');
    expect(first.items.map(({ line }) => line)).toEqual([0, 2]);
    const rest = await search(`text=x&limit=2&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ line: 8, text: 'four x' }], nextCursor: null });
  });

  test('shows a part of a long line, round what was found', async () => {
    await log.print(`${'a'.repeat(10_000)}needle${'b'.repeat(10_000)}\n`);
    const [found] = (await search('text=needle')).items;
    expect(found?.column).toBe(10_000);
    expect(found?.text).toContain('aneedleb');
    expect(found?.text.length).toBe(500);
  });

  test('looks through so much in an answer, and says where to go on', async () => {
    const line = `${'x'.repeat(1_023)}\n`;
    for (let chunk = 0; chunk < 34; chunk += 1) await log.print(line.repeat(1_024));
    await log.print('needle\n');
    const first = await search('text=needle');
    expect(first).toMatchObject({ items: [], nextCursor: expect.any(String) });
    const rest = await search(`text=needle&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ line: 34 * 1_024 }], nextCursor: null });
  });
});
