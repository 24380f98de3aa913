import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** A folder for one test file, gone when its tests are over. */
export function temporaryFolder(): {
  path: string;
  file: (name: string, content: string | Uint8Array) => string;
} {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'poster-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return {
    path: folder,
    file(name, content) {
      const at = path.join(folder, name);
      fs.writeFileSync(at, content);
      return at;
    },
  };
}
