import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headerMark, RawNumstatParser, type FileChange } from './raw-numstat.ts';

const [old, fresh] = ['1'.repeat(40), '2'.repeat(40)];

function read(text: string, cuts: readonly number[] = []): { commits: string[]; files: FileChange[] } {
  const [commits, files]: [string[], FileChange[]] = [[], []];
  const parser = new RawNumstatParser({
    commit: (header) => commits.push(header),
    file: (file) => files.push(file),
  });
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
  for (const [index, end] of ends.entries()) parser.push(bytes.subarray(ends[index - 1] ?? 0, end));
  return { commits, files };
}

describe('RawNumstatParser', () => {
  test('reads a commit with a change, a rename and a binary file', () => {
    const text = [
      `${headerMark}header`,
      `\n:100644 100644 ${old} ${fresh} M`,
      'a',
      `:100644 100644 ${old} ${fresh} R090`,
      'from',
      'to',
      `:100644 100755 ${old} ${fresh} M`,
      'logo',
      '3\t1\ta',
      '1\t2\t',
      'from',
      'to',
      '-\t-\tlogo',
      `${headerMark}empty`,
      '',
    ].join('\0');
    const versions = { oldMode: '100644', newMode: '100755', oldObject: old, newObject: fresh };
    expect(read(text)).toEqual({
      commits: ['header', 'empty'],
      files: [
        { path: 'a', added: 3, removed: 1, binary: false, versions: undefined },
        { path: 'to', added: 1, removed: 2, binary: false, versions: undefined },
        { path: 'logo', added: 0, removed: 0, binary: true, versions },
      ],
    });
  });

  test('a name of any bytes is a name, wherever the pieces are cut', () => {
    const name = fc.string({
      unit: fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte)),
      minLength: 1,
    });
    const renamed = fc.tuple(name, name);
    fc.assert(
      fc.property(
        fc.array(renamed, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (names, cuts) => {
          const raw = names
            .map(([from, to]) => `:100644 100644 ${old} ${fresh} R100\0${from}\0${to}\0`)
            .join('');
          const numstat = names.map(([from, to]) => `4\t2\t\0${from}\0${to}\0`).join('');
          const { commits, files } = read(`${headerMark}h\0\n${raw}${numstat}${headerMark}i\0`, cuts);
          expect(commits).toEqual(['h', 'i']);
          expect(files.map((file) => [file.path, file.added, file.removed])).toEqual(
            names.map(([, to]) => [to, 4, 2]),
          );
        },
      ),
    );
  });
});
