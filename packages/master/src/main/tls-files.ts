import { createPrivateKey, X509Certificate } from 'node:crypto';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import type { TlsConfig } from '../config/access-config.ts';
import { expiryText } from '../config/expiry.ts';

/** What a server needs for TLS. */
export interface TlsMaterial {
  /** PEM: the certificate, and those between it and its authority. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** Of the certificate, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** The first name that the certificate is for; null: it has none. */
  readonly name: string | null;
}

/**
 * The certificate and key in two files, fit to be served.
 *
 * @param now milliseconds since 1970
 * @throws MillraceError `tls-unusable`: a file that is missing or is not what it should be, a key that is not the
 *   certificate's, or a certificate that is not valid now. The message names the file.
 */
export function readTls(files: TlsConfig, read: (file: string) => string, now: number): TlsMaterial {
  const cert = readFile(files.cert, read);
  const key = readFile(files.key, read);
  const certificate = parsed(
    () => new X509Certificate(cert),
    `${files.cert} holds no certificate in PEM ("-----BEGIN CERTIFICATE-----")`,
  );
  const privateKey = parsed(
    () => createPrivateKey(key),
    `${files.key} holds no private key in PEM ("-----BEGIN PRIVATE KEY-----") without a password`,
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw unusable(`The key in ${files.key} is not that of the certificate in ${files.cert}`);
  const validFrom = certificate.validFromDate.getTime();
  const expiresAt = certificate.validToDate.getTime();
  if (now < validFrom)
    throw unusable(
      `The certificate in ${files.cert} is valid from ${expiryText(validFrom)}, and this machine's clock says ${expiryText(now)}: is the clock right?`,
    );
  if (now >= expiresAt)
    throw unusable(
      `The certificate in ${files.cert} expired on ${expiryText(expiresAt)}, and this machine's clock says ${expiryText(now)}`,
    );
  return { cert, key, expiresAt, name: nameOf(certificate) };
}

function readFile(file: string, read: (file: string) => string): string {
  return parsed(() => read(file), `${file} cannot be read`);
}

function parsed<Value>(act: () => Value, what: string): Value {
  try {
    return act();
  } catch (cause) {
    throw unusable(`${what}: ${messageOf(cause)}`, cause);
  }
}

function unusable(what: string, cause?: unknown): MillraceError<'tls-unusable'> {
  return new MillraceError('tls-unusable', `TLS cannot be served. ${what}.`, { cause });
}

/** The first DNS name or address among those that the certificate is for, else its common name. */
function nameOf(certificate: X509Certificate): string | null {
  const alternative = /(?:DNS|IP Address):([^,\s]+)/.exec(certificate.subjectAltName ?? '')?.[1];
  const common = /(?:^|\n)CN=([^\n]+)/.exec(certificate.subject)?.[1];
  return alternative?.replace(/^\*\./, 'any.') ?? common ?? null;
}
