import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import { messageOf, MillraceError } from '@millrace/kernel/errors';

/**
 * The text of a PEM file of certificates.
 * @throws MillraceError `ca-file` where it is not to be read, or holds none
 */
export function readAuthorities(file: string): string {
  try {
    const text = fs.readFileSync(file, 'utf8');
    // The first is enough to know that it is no key, and no other format.
    void new X509Certificate(text);
    return text;
  } catch (cause) {
    throw new MillraceError(
      'ca-file',
      `The file of --ca-file, ${file}, cannot be used; it has to hold certificates in PEM ("-----BEGIN CERTIFICATE-----"): ${messageOf(cause)}`,
      { cause },
    );
  }
}
