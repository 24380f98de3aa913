import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

export const defaultConfigFile = 'millrace.config.ts';

/** What `up` and `master` are told. */
export interface MasterOptions {
  readonly config: string;
  readonly data: string;
  readonly port: number;
  readonly host: string;
  /** A database's URL, without a password. */
  readonly store?: string;
  readonly name?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** False: nobody watches the event loop. */
  readonly watcher: boolean;
  /** Addresses, by commas. */
  readonly behindProxy?: string;
}

export function withMasterOptions(command: Command): Command {
  return command
    .option('--config <file>', 'the config', defaultConfigFile)
    .option('--data <folder>', 'where everything is kept', '.millrace')
    .option('--port <n>', 'where pages, API and workers come in', portNumber, 8010)
    .option('--host <address>', 'on which address; any but loopback wants tokens in the config', '127.0.0.1')
    .option('--tls-cert <file>', 'serve https and wss with this certificate (PEM), read anew when it changes')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option(
      '--behind-proxy <addresses>',
      'proxies that speak TLS in front of it, such as 127.0.0.1,10.0.0.0/8: they are believed about whom they speak for',
    )
    .option(
      '--no-watcher',
      'no second thread that watches the event loop: no profiles, and stalls are not told',
    )
    .option(
      '--store <url>',
      'a PostgreSQL that is the store, postgres://user@host/database (or MILLRACE_STORE, with a password too)',
    )
    .option(
      '--name <name>',
      "this master's name, its own among those of a store (default: the machine's, with --store)",
      masterName,
    );
}

function masterName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text))
    throw new InvalidArgumentError('It must be at most 100 letters, digits, ".", "_" and "-".');
  return text;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 (any free port) to 65535.');
  return port;
}
