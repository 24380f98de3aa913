import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { HookKind } from '../../config/source-config.ts';

/** A signature with a time is good for so long, before and after: the clocks of two services differ. */
const signatureMsMax = 5 * 60_000;

export interface Signed {
  readonly headers: IncomingHttpHeaders;
  /** As it was sent: a signature is of bytes. */
  readonly body: Uint8Array;
}

/** Whether it carries what a delivery of this service is signed with; whoever has none need not send a body. */
export function hasSignature(kind: HookKind, headers: IncomingHttpHeaders): boolean {
  return signatureHeaders[kind].some((name) => typeof headers[name] === 'string');
}

const signatureHeaders: Readonly<Record<HookKind, readonly string[]>> = {
  github: ['x-hub-signature-256'],
  gitlab: ['x-gitlab-token', 'webhook-signature'],
  gitea: ['x-forgejo-signature', 'x-gitea-signature'],
};

/**
 * Whether a delivery is signed with the hook's secret. Each comparison takes the same time however much is right.
 *
 * - GitHub: `X-Hub-Signature-256: sha256=HEX`, HMAC-SHA256 of the body;
 * - Gitea and Forgejo: the same as bare hex digits;
 * - GitLab: the secret itself in `X-Gitlab-Token`; or, where the secret is a signing token (`whsec_...`), the
 *   signature of Standard Webhooks: `v1,BASE64`, HMAC-SHA256 of `ID.TIME.BODY`.
 */
export function isSigned(kind: HookKind, secret: string, { headers, body }: Signed, now: number): boolean {
  switch (kind) {
    case 'github':
      return equal(text(headers, 'x-hub-signature-256'), `sha256=${hexOf(secret, body)}`);
    case 'gitea':
      return equal(
        text(headers, 'x-forgejo-signature') ?? text(headers, 'x-gitea-signature'),
        hexOf(secret, body),
      );
    case 'gitlab':
      return secret.startsWith(signingTokenPrefix)
        ? hasStandardSignature(secret, { headers, body }, now)
        : equal(text(headers, 'x-gitlab-token'), secret);
    default:
      return kind satisfies never;
  }
}

const signingTokenPrefix = 'whsec_';

/** https://www.standardwebhooks.com, "Signature scheme". */
function hasStandardSignature(secret: string, { headers, body }: Signed, now: number): boolean {
  const id = text(headers, 'webhook-id') ?? '';
  const time = text(headers, 'webhook-timestamp') ?? '';
  if (!/^\d{1,12}$/.test(time) || Math.abs(now - Number(time) * 1000) > signatureMsMax) return false;
  const key = Buffer.from(secret.slice(signingTokenPrefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64');
  const given = (text(headers, 'webhook-signature') ?? '').split(' ').slice(0, 10);
  return given.filter((one) => equal(one, `v1,${signature}`)).length > 0;
}

function hexOf(secret: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** By their hashes, which are of one length. */
function equal(given: string | undefined, wanted: string): boolean {
  if (given === undefined) return false;
  const digest = (one: string): Buffer => createHash('sha256').update(one).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function text(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
