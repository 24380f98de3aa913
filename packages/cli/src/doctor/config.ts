import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { systemClock } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import type { TokenHash } from '@millrace/master/config/access-config';
import type { Config } from '@millrace/master/config/config';
import { ConfigError, problemLine } from '@millrace/master/config/config-problem';
import { ConfigThread } from '@millrace/master/config/thread/config-thread';
import { fail, ok, skip, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const soonMs = 14 * 24 * 3_600_000;

/** Undefined where there is none, or it is wrong: then a finding says so. */
export async function configFindings(
  file: string,
): Promise<{ readonly config?: Config; readonly findings: readonly Finding[] }> {
  const what = 'config';
  if (!existsSync(file)) return { findings: [skip(what, `${file} is not there; give --config`)] };
  const thread = new ConfigThread({ file, clock: systemClock, print: () => {} });
  try {
    const config = await thread.load();
    return { config, findings: [ok(what, file), ...expiryFindings(config, systemClock.now())] };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const [first] = thrown.problems;
    const told = first ? problemLine(first) : messageOf(thrown);
    return { findings: [fail(what, told, `millrace check --config ${file} tells everything.`)] };
  } finally {
    await thread.close();
  }
}

function expiryFindings(config: Config, now: number): readonly Finding[] {
  const held = [
    ...config.tokens.map(({ name, hashes }) => ({ what: `token of ${name}`, hashes })),
    ...config.workers.map(({ name, tokenHashes }) => ({
      what: `token of the worker ${name}`,
      hashes: tokenHashes,
    })),
  ];
  return [
    ...held.flatMap(({ what, hashes }) => tokenFinding(what, hashes, now) ?? []),
    ...(config.tls ? [certificateFinding(config.tls.cert, now)] : []),
  ];
}

/** Undefined where nothing expires. Of several, the one that is valid longest counts. */
export function tokenFinding(what: string, hashes: readonly TokenHash[], now: number): Finding | undefined {
  if (hashes.length === 0 || hashes.some(({ expiresAt }) => expiresAt === null)) return undefined;
  const last = Math.max(...hashes.map(({ expiresAt }) => expiresAt ?? 0));
  return expiryFinding(what, last, now, '`millrace token` makes another; put its hash beside the old one.');
}

export function expiryFinding(what: string, at: number, now: number, todo: string): Finding {
  const day = new Date(at).toISOString().slice(0, 10);
  if (at <= now) return fail(what, `it expired on ${day}`, todo);
  return at - now < soonMs ? warn(what, `it expires on ${day}`, todo) : ok(what, `until ${day}`);
}

function certificateFinding(file: string, now: number): Finding {
  const what = 'certificate';
  const todo = `Renew ${file}; the master takes it up by itself.`;
  try {
    const { validTo } = new X509Certificate(readFileSync(file));
    return expiryFinding(what, Date.parse(validTo), now, todo);
  } catch (thrown) {
    return fail(what, `${file}: ${messageOf(thrown)}`, todo);
  }
}
