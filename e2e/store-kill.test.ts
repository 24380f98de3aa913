import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { query, rows } from '@millrace/master/store/operation';
import { openSqlite } from '@millrace/master/store/sqlite/open';
import { seeBuild, seeChunks, seeLogs } from '@millrace/testkit/conformance/test-operations';
import { lineOf } from './harness/growing-log-line.ts';

const program = fileURLToPath(new URL('./harness/growing-log.ts', import.meta.url));
const segments = query('test.segments', function* () {
  return yield* rows<{ id: number; bytes: number }>('select id, bytes from segments order by id');
});

/** Kills the process right after it has told of so many answers; the next ones are under way. */
async function killedAfter(
  answers: number,
  folder: string,
  worker: string,
): Promise<{ build: number; seq: number }> {
  const child = spawn(process.execPath, [program, folder, worker], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told = { build: 0, seq: 0 };
  let heard = 0;
  for await (const line of createInterface(child.stdout)) {
    const [what, number] = line.split(' ');
    if (what === 'build') told.build = Number(number);
    else told.seq = Number(number);
    if (++heard === answers) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return told;
}

test('what was answered before a kill is there after it, byte for byte, and nothing half', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
  try {
    for (const [turn, answers] of [2, 17, 40, 5, 90].entries()) {
      const told = await killedAfter(answers, folder, `w${turn}`);
      const store = await openSqlite({ folder, inPlace: true });
      const build = await store.do(seeBuild, told.build);
      expect(build?.seq).toBeGreaterThanOrEqual(told.seq);
      const [log] = await store.do(seeLogs, told.build);
      const chunks = await store.do(seeChunks, log?.id ?? 0);
      expect(chunks).toHaveLength((build?.seq ?? 0) - 3);
      for (const [index, { segment, place, stored_bytes: length }] of chunks.entries()) {
        const frame = await store.read({ segment: segment ?? 0, offset: place ?? 0 }, length);
        expect(zstdDecompressSync(frame).toString()).toBe(lineOf(index));
      }
      for (const { id, bytes } of await store.do(segments, undefined)) {
        expect(statSync(join(folder, 'segments', `${id}.seg`)).size).toBe(bytes);
      }
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
