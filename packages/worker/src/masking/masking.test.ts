import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BytePatterns } from './byte-patterns.ts';
import { maskText, Redactor } from './redactor.ts';
import { secretPatterns } from './secret-patterns.ts';

function redacted(patterns: BytePatterns, pieces: readonly Uint8Array[]): string {
  let text = '';
  const redactor = new Redactor(patterns, (bytes) => {
    text += Buffer.from(bytes).toString('latin1');
  });
  for (const piece of pieces) redactor.write(piece);
  redactor.flush();
  return text;
}

const patternsOf = (...texts: string[]): BytePatterns =>
  new BytePatterns(texts.map((text) => Buffer.from(text, 'latin1')));

/** The same by looking at each place: what is covered by any pattern becomes a mask. */
function maskedSlowly(text: string, secrets: readonly string[]): string {
  let masked = '';
  for (let at = 0, until = 0; at < text.length; at++) {
    const here = secrets.filter((secret) => text.startsWith(secret, at));
    if (here.length > 0 && at >= until) masked += '***';
    until = Math.max(until, ...here.map((secret) => at + secret.length));
    if (at >= until) masked += text[at] ?? '';
  }
  return masked;
}

describe('masking of a stream', () => {
  test('finds a secret across the borders of pieces, wherever they are', () => {
    const text = 'key=hunter22 and again hunter22hunter22, hunter2 is none';
    const bytes = Buffer.from(text);
    const expected = 'key=*** and again ******, hunter2 is none';
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(redacted(patternsOf('hunter22'), [bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(expected);
    expect(
      redacted(
        patternsOf('hunter22'),
        [...bytes].map((byte) => Buffer.of(byte)),
      ),
    ).toBe(expected);
  });

  test('gives on at once what cannot be the beginning of a secret', () => {
    const seen: string[] = [];
    const redactor = new Redactor(patternsOf('hunter22'), (bytes) =>
      seen.push(Buffer.from(bytes).toString()),
    );
    redactor.write(Buffer.from('Password: '));
    expect(seen).toEqual(['Password: ']);
    redactor.write(Buffer.from('xhunt'));
    expect(seen).toEqual(['Password: ', 'x']);
    redactor.write(Buffer.from('ing'));
    expect(seen.join('')).toBe('Password: xhunting');
    redactor.write(Buffer.from('hun'));
    redactor.flush();
    expect(seen.join('')).toBe('Password: xhuntinghun');
  });

  test('hands on what it was lent where there is nothing to mask', () => {
    const bytes = Buffer.from('nothing to be seen here\n');
    let same = false;
    new Redactor(patternsOf('hunter22'), (given) => {
      same = given.buffer === bytes.buffer && given.byteOffset === bytes.byteOffset;
    }).write(bytes);
    expect(same).toBe(true);
  });

  test('masks as a search at every place does, whatever the patterns, the text and the pieces', () => {
    const word = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength, maxLength }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(
        fc.array(word(2, 7), { minLength: 1, maxLength: 5 }),
        word(0, 60),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (secrets, text, cuts) => {
          const bytes = Buffer.from(text);
          const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
          places.sort((left, right) => left - right);
          const pieces = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
          expect(redacted(patternsOf(...secrets), pieces)).toBe(maskedSlowly(text, secrets));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('takes bytes that are no text', () => {
    const secret = Buffer.from([0xff, 0x00, 0xfe, 0x80, 0x0a, 0x0d]);
    const around = Buffer.from([0xff, 0x00]);
    const masked = redacted(new BytePatterns([secret]), [around, secret, around]);
    expect(Buffer.from(masked, 'latin1')).toEqual(Buffer.concat([around, Buffer.from('***'), around]));
  });
});

describe('a secret is known', () => {
  const secret = `p@ss w/ord+"1"'2'`;
  const patterns = secretPatterns([secret]) ?? patternsOf('never');
  const masked = (text: string): string => maskText(patterns, text);

  test.each([
    ['as it is', secret],
    ['in a URL', `https://ann:${encodeURIComponent(secret)}@example.org/`],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in JSON', JSON.stringify({ secret })],
    ['between the quotes of a shell', `'${secret.replaceAll("'", String.raw`'\''`)}'`],
  ])('%s', (_, text) => {
    expect(masked(text)).toContain('***');
    expect(masked(text)).not.toContain('ord');
  });

  test.each(['', 'a', 'ab', 'ann:', 'name:'])('in base64 behind "%s"', (before) => {
    for (const alphabet of ['base64', 'base64url'] as const) {
      for (const after of ['', '\n', '; rest']) {
        const text = masked(Buffer.from(before + secret + after).toString(alphabet));
        expect(text).toContain('***');
        // What is left is too little to be the secret.
        expect(text.length).toBeLessThan(before.length * 1.4 + after.length * 1.4 + 9);
      }
    }
  });

  test('by each of its lines', () => {
    const key = '-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\r\nq1w2e3r4t5\nx\n-----END KEY-----\n';
    const lines = secretPatterns([key]) ?? patternsOf('never');
    expect(maskText(lines, '1: MIIEpAIBAAKCAQEA\n2: q1w2e3r4t5\n3: x\n')).toBe('1: ***\n2: ***\n3: x\n');
    expect(maskText(lines, key.trim())).toBe('***');
  });

  test('only if it is long enough to be told from other text', () => {
    expect(secretPatterns(['short', '', 'x'])).toBeUndefined();
  });

  test('whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 6 }), fc.string(), (value, around) => {
        fc.pre(Buffer.byteLength(value.trim()) >= 6 && !value.includes('*'));
        const list = secretPatterns([value]) ?? patternsOf('never');
        expect(maskText(list, around + value + around)).not.toContain(value.trim());
      }),
    );
  });
});
