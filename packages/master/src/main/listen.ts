import { codeOf, messageOf, MillraceError } from '@millrace/kernel/errors';
import type { Config } from '../config/config.ts';
import { isLoopback } from '../model/address.ts';

/**
 * How many connections may wait to be accepted; the kernel may allow fewer (`net.core.somaxconn`, 4,096 by default). Of
 * Node's 511 a thousand workers that come at once, after a master's restart, overflow the queue: those that find no
 * place try again after a second or more, and some are reset.
 */
const backlog = 16_384;

/** The part of a server that is needed to open its door. */
export interface Listener {
  listen(where: { readonly host: string; readonly port: number; readonly backlog: number }): Promise<string>;
}

/** Anybody on the network could start commands: that is for loopback alone. @throws MillraceError `tokens-needed` */
export function refuseOpenDoor(host: string, config: Config): void {
  if (isLoopbackHost(host) || config.tokens.length > 0) return;
  throw new MillraceError(
    'tokens-needed',
    `The config has no tokens, so anybody who reaches ${host} could start builds. Make one with \`millrace token\` ` +
      'and put its hash into the config (tokens: [...]), or listen on 127.0.0.1, which is the default.',
  );
}

/** What can be read on the way, as a line for whoever runs the master; undefined: nothing. */
export function readableOnTheWay(host: string, isSecured: boolean): string | undefined {
  if (isLoopbackHost(host) || isSecured) return undefined;
  return (
    `on ${host} without TLS, tokens and all that is built cross the network in the clear. Give --tls-cert and ` +
    '--tls-key, or --behind-proxy where a proxy speaks TLS.'
  );
}

/** Answers the URL. @throws MillraceError `port-in-use`, `address-unusable` */
export async function listen(server: Listener, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port, backlog });
  } catch (thrown) {
    if (codeOf(thrown) === 'EADDRINUSE')
      throw new MillraceError(
        'port-in-use',
        `The port ${port} on ${host} is in use, perhaps by another millrace. Stop that one, or give another --port.`,
        { cause: thrown },
      );
    throw new MillraceError(
      'address-unusable',
      `It is not possible to listen on ${host}, port ${port}: ${messageOf(thrown)}. Give another --host or --port.`,
      { cause: thrown },
    );
  }
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
