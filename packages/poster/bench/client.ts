/**
 * One upload by one library, in a process of its own, so that its peak memory is its own.
 *
 * argv: the library, the URL, the file, and after how many milliseconds to give up (for a server that stalls).
 * Prints JSON: wall and CPU milliseconds of the upload, and the process's peak memory in MiB.
 */
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { testTls } from '../test/tls/test-only.ts';

const [library = '', url = '', file = '', giveUp = 'Infinity'] = process.argv.slice(2);

type Send = () => Promise<number | undefined>;

/** How each library is told to stream a file, as its documentation says. */
const senders: Record<string, () => Promise<Send>> = {
  // Node alone: what a process that makes a request takes before it sends anything.
  async floor() {
    return () =>
      new Promise((resolve, reject) => {
        const request = (url.startsWith('https:') ? https : http).request(
          url,
          { method: 'POST', ca: testTls.cert, headers: { 'Content-Length': 1 } },
          (response) => response.resume().on('end', () => resolve(response.statusCode)),
        );
        request.on('error', reject);
        request.end('x');
      });
  },
  async poster() {
    const { MultipartParam, upload } = await import('../src/index.ts');
    return async () =>
      (await upload(url, [MultipartParam.fromFile('file', file)], { tls: { ca: testTls.cert } })).status;
  },
  async fetch() {
    return async () => {
      const form = new FormData();
      form.set('file', await fs.openAsBlob(file), 'file.bin');
      return (await fetch(url, { method: 'POST', body: form })).status;
    };
  },
  async 'form-data'() {
    const { default: FormData } = await import('form-data');
    return () =>
      new Promise((resolve, reject) => {
        const form = new FormData();
        form.append('file', fs.createReadStream(file));
        const { protocol, hostname, port } = new URL(url);
        const options = { protocol: protocol as 'http:', hostname, port, path: '/', ca: testTls.cert };
        form.submit(options, (error, response) => {
          if (error) return reject(error);
          response.resume().on('end', () => resolve(response.statusCode));
        });
      });
  },
  async 'form-data-encoder'() {
    const { FormDataEncoder } = await import('form-data-encoder');
    return () =>
      new Promise((resolve, reject) => {
        fs.openAsBlob(file)
          .then((blob) => {
            const form = new FormData();
            form.set('file', blob, 'file.bin');
            const encoder = new FormDataEncoder(form);
            const request = (url.startsWith('https:') ? https : http).request(
              url,
              { method: 'POST', ca: testTls.cert, headers: encoder.headers },
              (response) => response.resume().on('end', () => resolve(response.statusCode)),
            );
            request.on('error', reject);
            Readable.from(encoder.encode()).pipe(request);
          })
          .catch(reject);
      });
  },
  async axios() {
    const { default: axios } = await import('axios');
    const { default: FormData } = await import('form-data');
    return async () => {
      const form = new FormData();
      form.append('file', fs.createReadStream(file));
      const response = await axios.post(url, form, {
        maxBodyLength: Infinity,
        // With redirects it keeps the whole body in memory.
        maxRedirects: 0,
        httpsAgent: new https.Agent({ ca: testTls.cert }),
      });
      return response.status;
    };
  },
  async got() {
    const { default: got } = await import('got');
    return async () => {
      const form = new FormData();
      form.set('file', await fs.openAsBlob(file), 'file.bin');
      const response = await got.post(url, {
        body: form,
        https: { certificateAuthority: testTls.cert },
        retry: { limit: 0 },
      });
      return response.statusCode;
    };
  },
};

const prepare = senders[library];
if (prepare === undefined) throw new Error(`no library "${library}"`);
const send = await prepare();
if (giveUp !== 'Infinity') setTimeout(() => report(undefined), Number(giveUp));
const startMs = performance.now();
const startCpu = process.cpuUsage();
report(await send());

function report(status: number | undefined): never {
  const wallMs = performance.now() - startMs;
  const cpu = process.cpuUsage(startCpu);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  fs.writeSync(1, JSON.stringify({ status, wallMs, cpuMs: (cpu.user + cpu.system) / 1000, peakMiB }));
  process.exit(status === 200 || status === undefined ? 0 : 1);
}
