import { Busboy } from '@fastify/busboy';
import formidable from 'formidable';
import multer from 'multer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { buffer, json } from 'node:stream/consumers';
import { Response as UndiciResponse } from 'undici';

/** What a reader found in a form. */
export interface Read {
  readonly fields: Record<string, string>;
  readonly files: { field: string; name: string; bytes: Buffer }[];
}

/** Reads a form from a request, with the reader's defaults. */
type Reader = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<Read>;

async function readByBusboy(request: http.IncomingMessage): Promise<Read> {
  const read: Read = { fields: {}, files: [] };
  const pending: Promise<void>[] = [];
  const contentType = request.headers['content-type'] ?? '';
  const parser = new Busboy({ headers: { 'content-type': contentType } });
  parser.on('field', (name, value) => void (read.fields[name] = value));
  parser.on('file', (field, stream, name) => {
    pending.push(buffer(stream).then((bytes) => void read.files.push({ field, name, bytes })));
  });
  request.pipe(parser);
  await once(parser, 'finish');
  await Promise.all(pending);
  return read;
}

async function readByFormidable(request: http.IncomingMessage): Promise<Read> {
  const contents = new Map<string, Buffer[]>();
  const form = formidable({
    allowEmptyFiles: true,
    minFileSize: 0,
    fileWriteStreamHandler({ newFilename }) {
      const chunks: Buffer[] = [];
      contents.set(newFilename, chunks);
      return new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(chunk);
          done();
        },
      });
    },
  });
  const [fields, files] = await form.parse(request);
  return {
    fields: Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values[0] ?? ''])),
    files: Object.entries(files).flatMap(([field, list]) =>
      list.map(({ newFilename, originalFilename }) => ({
        field,
        name: originalFilename ?? '',
        bytes: Buffer.concat(contents.get(newFilename) ?? []),
      })),
    ),
  };
}

async function readByMulter(request: http.IncomingMessage, response: http.ServerResponse): Promise<Read> {
  const read: Parameters<ReturnType<ReturnType<typeof multer>['any']>>[0] = request;
  await new Promise<void>((resolve, reject) => {
    const middleware = multer({ storage: multer.memoryStorage() }).any();
    middleware(read, response, (error) => (error ? reject(error) : resolve()));
  });
  return {
    fields: { ...read.body },
    files: (read.files ?? []).map((file) => ({
      field: file.fieldname,
      name: file.originalname,
      bytes: file.buffer,
    })),
  };
}

async function readByUndici(request: http.IncomingMessage): Promise<Read> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new UndiciResponse(await buffer(request), { headers }).formData();
  const read: Read = { fields: {}, files: [] };
  for (const [field, value] of form) {
    if (typeof value === 'string') read.fields[field] = value;
    else read.files.push({ field, name: value.name, bytes: Buffer.from(await value.arrayBuffer()) });
  }
  return read;
}

/** Python's own parser of mail, which is what its frameworks had for forms. */
const pythonScript = `
import base64, email.parser, email.policy, json, sys
message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(sys.stdin.buffer.read())
parts = [{'field': part.get_param('name', header='content-disposition'), 'name': part.get_filename(),
          'bytes': base64.b64encode(part.get_payload(decode=True)).decode()} for part in message.iter_parts()]
print(json.dumps(parts))
`;

async function readByPython(request: http.IncomingMessage): Promise<Read> {
  const child = spawn('python3', ['-c', pythonScript], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(`Content-Type: ${request.headers['content-type']}\r\n\r\n`);
  request.pipe(child.stdin);
  const parts = (await json(child.stdout)) as { field: string; name: string | null; bytes: string }[];
  const read: Read = { fields: {}, files: [] };
  for (const { field, name, bytes } of parts) {
    const content = Buffer.from(bytes, 'base64');
    if (name === null) read.fields[field] = content.toString();
    else read.files.push({ field, name, bytes: content });
  }
  return read;
}

/** Every reader, by the name it has in the docs. */
export const readers: Readonly<Record<string, Reader>> = {
  '@fastify/busboy': readByBusboy,
  formidable: readByFormidable,
  multer: readByMulter,
  undici: readByUndici,
  'Python email': readByPython,
};

/** A server on loopback that reads forms with one reader. */
export class ReadingServer {
  readonly #server: http.Server;
  #read: Read | undefined;

  constructor(reader: Reader) {
    this.#server = http.createServer((request, response) => {
      reader(request, response).then(
        (read) => {
          this.#read = read;
          response.end();
        },
        (error: unknown) => response.writeHead(400).end(String(error)),
      );
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** What the last form held. */
  get read(): Read {
    return this.#read ?? { fields: {}, files: [] };
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
