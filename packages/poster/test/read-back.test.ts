import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MultipartParam, upload } from '../src/index.ts';
import { hardNames, namesReadBack } from './hard-names.ts';
import { readers, ReadingServer } from './readers.ts';

const noPython = spawnSync('python3', ['--version']).status !== 0;

describe.each(Object.entries(readers))('%s', (name, reader) => {
  const missing = name === 'Python email' && noPython;
  const server = new ReadingServer(reader);
  let url: string;
  beforeAll(async () => {
    url = await server.listen();
  });
  afterAll(() => server.close());

  test.skipIf(missing)('reads fields and files back as they were', async () => {
    const content = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
    const response = await upload(url, [
      ['title', 'Grüße\r\nin two lines'],
      ['empty', ''],
      new MultipartParam('file', content, { fileName: 'a.bin' }),
      new MultipartParam('stream', () => new Blob([content]).stream(), { fileName: 'b.bin' }),
    ]);
    expect([response.status, response.text()]).toEqual([200, '']);
    expect(server.read.fields).toEqual({ title: 'Grüße\r\nin two lines', empty: '' });
    const files = server.read.files.toSorted((a, b) => a.name.localeCompare(b.name));
    expect(files.map((file) => [file.field, file.name])).toEqual([
      ['file', 'a.bin'],
      ['stream', 'b.bin'],
    ]);
    for (const file of files) expect(file.bytes.equals(content)).toBe(true);
  });

  test.skipIf(missing)('reads hard file names back as the docs say, and never loses the file', async () => {
    const params = Object.entries(hardNames).map(
      ([kind, fileName]) => new MultipartParam(kind, 'content', { fileName }),
    );
    await upload(url, params);
    const { files } = server.read;
    for (const file of files) expect(file.bytes.toString()).toBe('content');
    const read = Object.fromEntries(files.map((file) => [file.field, file.name]));
    expect(read).toEqual({ ...hardNames, backslash: 'only.txt', ...namesReadBack[name] });
  });

  if (missing) test.skip('python3 is not on this machine: its reader was not tried');
});
