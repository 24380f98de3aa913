import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

export const defaultConfigFile = 'millrace.config.ts';

/** What `up` and `master` are told. */
export interface MasterOptions {
  readonly config: string;
  readonly data: string;
  readonly port: number;
  readonly host: string;
}

export function withMasterOptions(command: Command): Command {
  return command
    .option('--config <file>', 'the config', defaultConfigFile)
    .option('--data <folder>', 'where everything is kept', '.millrace')
    .option('--port <n>', 'where pages, API and workers come in', portNumber, 8010)
    .option('--host <address>', 'on which address; any but loopback wants tokens in the config', '127.0.0.1');
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 (any free port) to 65535.');
  return port;
}
