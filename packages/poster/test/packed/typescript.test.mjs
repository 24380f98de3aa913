// The compiler and Node's types are the workspace's: their places come in the environment.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';

const { POSTER_TSC: tsc, POSTER_TYPES: typeRoots, POSTER_TSC_NODE: tscNode } = process.env;

fs.mkdirSync('typed', { recursive: true });
fs.writeFileSync('typed/package.json', '{ "type": "module" }');
fs.writeFileSync(
  'typed/module.ts',
  `import { MultipartParam, multipartEncode, NotReplayableError, PosterError, upload } from '@millrace/poster';
import type { PosterErrorCode, Progress, UploadOptions, UploadResponse } from '@millrace/poster';
import { multipart_encode } from '@millrace/poster/compat';

const codes: PosterErrorCode[] = ['ERR_POSTER_RESET'];
const seen: Progress[] = [];
const options: UploadOptions = { onProgress: (progress) => seen.push(progress), tls: { rejectUnauthorized: true } };
const form = multipartEncode([['a', 'b'], new MultipartParam('c', new Uint8Array(3))]);
const length: number | undefined = form.contentLength;
const [, headers] = multipart_encode({ a: 'b' });
// @ts-expect-error a misspelt option is found
const wrong: UploadOptions = { onProgres: () => {} };
try {
  const response: UploadResponse = await upload('http://127.0.0.1:9/', form, options);
  const body: Uint8Array = response.body;
  console.log(body);
} catch (error) {
  if (!(error instanceof PosterError)) throw error;
  if (error instanceof NotReplayableError) console.log(error.response?.status);
  console.log(error.code, length, codes.length, headers['Content-Length'], wrong !== undefined);
}
`,
);
fs.writeFileSync(
  'typed/common.cts',
  `import poster = require('@millrace/poster');
const form: poster.EncodedForm = poster.multipartEncode({ a: 'b' });
console.log(form.contentLength);
`,
);

for (const module of ['nodenext', 'preserve']) {
  test(
    `TypeScript finds the types with module ${module}, and its output runs`,
    { skip: tsc === undefined && 'POSTER_TSC is not set' },
    () => {
      const files = module === 'nodenext' ? ['module.ts', 'common.cts'] : ['module.ts'];
      fs.writeFileSync(
        'typed/tsconfig.json',
        JSON.stringify({
          compilerOptions: {
            strict: true,
            exactOptionalPropertyTypes: true,
            skipLibCheck: false,
            target: 'es2022',
            module,
            ...(module === 'preserve' ? { moduleResolution: 'bundler' } : {}),
            types: ['node'],
            typeRoots: [typeRoots],
            outDir: `out-${module}`,
          },
          files,
        }),
      );
      const compiled = spawnSync(tscNode ?? process.execPath, [tsc, '-p', 'typed'], { encoding: 'utf8' });
      assert.equal(compiled.status, 0, compiled.stdout);
      const run = spawnSync(process.execPath, [`typed/out-${module}/module.js`], { encoding: 'utf8' });
      assert.match(run.stdout, /^ERR_POSTER_CONNECT \d+ 1 \d+ true\n$/, run.stderr);
      if (module !== 'nodenext') return;
      const common = spawnSync(process.execPath, [`typed/out-${module}/common.cjs`], { encoding: 'utf8' });
      assert.match(common.stdout, /^\d+\n$/, common.stderr);
    },
  );
}
