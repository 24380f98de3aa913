import { codeOf, messageOf } from '@millrace/kernel/errors';

/**
 * Why a connection over TLS was not made, as a sentence that says what to do; undefined for what has nothing to do
 * with TLS. The codes are those of OpenSSL, as Node tells them: https://nodejs.org/api/tls.html#x509-certificate-error-codes
 *
 * @param host as it was called
 * @param now by this machine's clock, in milliseconds since 1970
 */
export function tlsTrouble(error: unknown, host: string, now: number): string | undefined {
  const clock = `This machine's clock says ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC: is it right`;
  switch (wrongVersion(error) ?? codeOf(error) ?? '') {
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${host} has expired. ${clock}? If it is, the certificate has to be renewed`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${host} is not valid yet. ${clock}?`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `the certificate of ${host} is signed by nobody whom this machine knows: give the certificate of its authority, or its own, in MILLRACE_CA_FILE (a worker takes it as --ca-file too) or NODE_EXTRA_CA_CERTS`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate that answers at ${host} is for another name: call the master by the name that its certificate is for`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${host} does not speak TLS: call it with http or ws instead, or have it serve TLS`;
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return `${host} speaks no TLS of version 1.2 or later`;
    default:
      return undefined;
  }
}

/** Some releases tell this by its words alone. */
function wrongVersion(error: unknown): string | undefined {
  return /wrong version number|packet length too long/.test(messageOf(error))
    ? 'ERR_SSL_WRONG_VERSION_NUMBER'
    : undefined;
}
