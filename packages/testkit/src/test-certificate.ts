import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate and its key, in PEM, and the key for signing others. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface TestCertificateOptions {
  /** Its common name. */
  readonly name: string;
  /** Names and addresses (IPv4) that it is for. */
  readonly hosts?: readonly string[];
  /** Milliseconds since 1970; by default an hour ago and in a day. */
  readonly from?: number;
  readonly until?: number;
  /** Who signs it; without one it signs itself. */
  readonly issuer?: TestCertificate;
  /** It may sign others. */
  readonly authority?: boolean;
}

const dayMs = 24 * 3_600_000;

/** A fresh certificate (X.509 version 3, ECDSA on P-256), written by hand in DER: https://www.rfc-editor.org/rfc/rfc5280. */
export function testCertificate(options: TestCertificateOptions): TestCertificate {
  const { name, issuer } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguished(issuer?.name ?? name),
    sequence(time(options.from ?? Date.now() - dayMs / 24), time(options.until ?? Date.now() + dayMs)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(options))),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const whole = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines =
    whole
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n') ?? '';
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    name,
    privateKey,
  };
}

function extensions({ hosts = [], authority = false }: TestCertificateOptions): Buffer[] {
  const isAuthority = authority ? [sequence(tagged(0x01, Buffer.from([0xff])))] : [sequence()];
  const names = hosts.map((host) =>
    /^\d+(\.\d+){3}$/.test(host)
      ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
      : tagged(0x82, Buffer.from(host)),
  );
  const found = [extension('2.5.29.19', ...isAuthority)];
  if (names.length > 0) found.push(extension('2.5.29.17', sequence(...names)));
  return found;
}

function extension(id: string, ...content: readonly Buffer[]): Buffer {
  return sequence(oid(id), tagged(0x04, Buffer.concat(content)));
}

function distinguished(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(name)))));
}

/** GeneralizedTime, which OpenSSL takes for any year. */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return tagged(0x18, Buffer.from(text));
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
