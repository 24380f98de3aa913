import { describe, expect, test } from 'vitest';
import { CompatParam } from './compat-param.ts';
import { multipart_encode, type CompatParams } from './multipart-encode-compat.ts';

async function run(
  params: CompatParams,
  boundary: string,
): Promise<{ body: string; blocks: number[]; calls: unknown[]; headers: Record<string, string> }> {
  const calls: unknown[] = [];
  const [blocks, headers] = multipart_encode(params, boundary, (param, current, total) =>
    calls.push([param?.name ?? null, current, total]),
  );
  const all: Uint8Array[] = [];
  for await (const block of blocks) all.push(block);
  return { body: Buffer.concat(all).toString(), blocks: all.map((block) => block.length), calls, headers };
}

describe('the original’s encoding', () => {
  test('calls back (a,93,193) (c,186,193) (None,193,193)', async () => {
    const { calls, body, headers } = await run({ a: 'b', c: 'd' }, '1');
    expect(calls).toEqual([
      ['a', 93, 193],
      ['c', 186, 193],
      [null, 193, 193],
    ]);
    expect(body).toBe(
      '--1\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nb\r\n' +
        '--1\r\nContent-Disposition: form-data; name="c"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nd\r\n--1--\r\n',
    );
    expect(headers).toEqual({ 'Content-Type': 'multipart/form-data; boundary=1', 'Content-Length': '193' });
  });

  test('of a file gives its head, blocks of 4,096 bytes, and the line’s end', async () => {
    const own: number[][] = [];
    const param = new CompatParam('f', undefined, {
      fileobj: new Uint8Array(10_000).fill(65),
      filename: 'a "b" \\ ü\n.txt',
      cb: (_param, current, total) => own.push([current, total]),
    });
    const { blocks, body } = await run([param], 'x y');
    const head =
      '--x+y\r\nContent-Disposition: form-data; name="f"; filename="a \\"b\\" \\\\ &#252;\\n.txt"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
    expect(body.startsWith(head)).toBe(true);
    expect(blocks).toEqual([head.length, 4096, 4096, 1808, 2, '--x+y--\r\n'.length]);
    const total = head.length + 10_002;
    expect(own.at(-1)).toEqual([total, total]);
    expect(own).toHaveLength(5);
  });

  test('takes params from a generator, whole', async () => {
    const { body, headers } = await run(
      (function* () {
        yield ['a', 'x'.repeat(100)] as const;
      })(),
      'b',
    );
    expect(String(body.length)).toBe(headers['Content-Length']);
  });

  test('finds the boundary in the content', async () => {
    await expect(run({ a: 'x\r\n--b\r\ny' }, 'b')).rejects.toMatchObject({
      code: 'ERR_POSTER_BOUNDARY_IN_CONTENT',
    });
  });

  test('wants a param’s name to be its key, and one of value and fileobj', () => {
    expect(() => multipart_encode({ a: new CompatParam('b', 'x') })).toThrow('under the key "a"');
    expect(() => new CompatParam('b')).toThrow('one of value and fileobj');
  });
});
