import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MultipartParam, upload } from '../src/index.ts';
import { readers, ReadingServer } from './readers.ts';
import { temporaryFolder } from './temporary-folder.ts';

// `npm run test:nginx -w @millrace/poster` finds one and says where.
const nginx = process.env['POSTER_NGINX'];
const folder = temporaryFolder();
const large = new Uint8Array(3_000_000);

describe.skipIf(nginx === undefined)(
  'through nginx (POSTER_NGINX says where; without it this is not run)',
  () => {
    const behind = new ReadingServer(
      readers['@fastify/busboy'] ?? (() => Promise.reject(new Error('no reader'))),
    );
    let child: ChildProcess;
    let url: string;

    beforeAll(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      fs.writeFileSync(path.join(folder.path, 'nginx.conf'), config(port, await behind.listen()));
      child = spawn(nginx ?? '', ['-p', folder.path, '-c', 'nginx.conf', '-e', 'stderr'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      // Its first notice comes after it listens.
      if (child.stderr !== null) await once(child.stderr, 'data');
    });
    afterAll(async () => {
      child.kill();
      await once(child, 'close');
      await behind.close();
    });

    test.each(['gathered', 'streamed'])('a form arrives whole when it is %s', async (location) => {
      const response = await upload(`${url}/${location}`, [
        ['a', 'b'],
        new MultipartParam('known', large, { fileName: 'a.bin' }),
        new MultipartParam('chunked', () => new Blob([large]).stream(), { fileName: 'b.bin' }),
      ]);
      expect([response.status, response.complete]).toEqual([200, true]);
      expect(behind.read.fields).toEqual({ a: 'b' });
      expect(behind.read.files.map((file) => file.bytes.equals(large))).toEqual([true, true]);
    });

    test.each([true, false])('its 413 is heard (with Expect: %s)', async (expecting) => {
      const response = await upload(`${url}/small`, { large }, { expect: expecting });
      expect(response.status).toBe(413);
    });
  },
);

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function config(port: number, behindUrl: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${name};`,
  );
  return `
    daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr notice;
    events {}
    http {
      access_log off; ${paths.join(' ')}
      server {
        listen 127.0.0.1:${port};
        client_max_body_size 100m;
        location /gathered { proxy_pass ${behindUrl}; }
        location /streamed { proxy_pass ${behindUrl}; proxy_request_buffering off; proxy_http_version 1.1; }
        location /small { client_max_body_size 1k; proxy_pass ${behindUrl}; }
      }
    }`;
}
