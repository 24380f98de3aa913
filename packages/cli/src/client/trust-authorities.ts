import tls from 'node:tls';
import { readAuthorities } from '@millrace/worker/agent/read-authorities';

/**
 * Lets this process trust the certificates in a PEM file too, beside those that it trusts already.
 * @throws MillraceError `ca-file`
 */
export function trustAuthorities(file: string | undefined): void {
  if (file === undefined || file === '') return;
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readAuthorities(file)]);
}
