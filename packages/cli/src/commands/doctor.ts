import path from 'node:path';
import type { Command } from 'commander';
import { messageOf } from '@millrace/kernel/errors';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { exitCodes } from '../client/exit-code.ts';
import type { ExitCode } from '../client/exit-code.ts';
import { examples } from '../client/help-text.ts';
import { paintFor } from '../client/paint.ts';
import type { Paint } from '../client/paint.ts';
import { printable } from '../client/printable.ts';
import { table } from '../client/table.ts';
import { writeJson } from '../client/write-json.ts';
import { fail, worst } from '../doctor/finding.ts';
import type { Finding, Status } from '../doctor/finding.ts';
import { folderFindings, programFindings } from '../doctor/machine.ts';
import { masterFindings } from '../doctor/master.ts';
import { defaultConfigFile } from '../local/master-options.ts';
import { storeUrl } from '../local/store-url.ts';
import packageJson from '../../package.json' with { type: 'json' };

interface DoctorOptions {
  readonly data: string;
  readonly config: string;
  readonly spool?: string;
  readonly store?: string;
  readonly json?: true;
}

const codes = { 0: 'nothing has failed', 1: 'something has', 2: 'wrong usage' };

/** `millrace doctor`: how everything stands, and what to do. */
export function doctorCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('doctor', system, codes)
    .description('look at the store, disks, clocks, versions, tokens and workers, and tell what to do')
    .option('--data <folder>', 'where the master keeps everything', '.millrace')
    .option('--config <file>', 'the config', defaultConfigFile)
    .option('--spool <folder>', 'the --data of a worker on this machine')
    .option('--store <url>', 'the database that is the store (or MILLRACE_STORE)')
    .addHelpText(
      'after',
      `
It changes nothing, and may be run while everything works. The master is asked at MILLRACE_URL; the rest is what
lies on this machine.`,
    )
    .addHelpText(
      'after',
      examples(
        ['millrace doctor'],
        ['millrace doctor --data /var/lib/millrace --config /etc/millrace/millrace.config.ts'],
        ['millrace doctor --spool /var/lib/millrace-worker --json'],
      ),
    )
    .action((options: DoctorOptions) => runClient(system, (context) => doctor(context, options)));
}

async function doctor(context: ClientContext, options: DoctorOptions): Promise<ExitCode> {
  const findings = await allFindings(context, options);
  const gravest = worst(findings);
  if (options.json) await writeJson(context, { worst: gravest, findings });
  else await context.stdout.write(report(findings, paintFor(context.colour)));
  return gravest === 'fail' ? exitCodes.failure : exitCodes.success;
}

async function allFindings(context: ClientContext, options: DoctorOptions): Promise<readonly Finding[]> {
  // Loaded here, so that other commands do not wait for them.
  const { configFindings } = await import('../doctor/config.ts');
  const { storeFindings } = await import('../doctor/store.ts');
  const data = path.resolve(options.data);
  const { config, findings } = await configFindings(path.resolve(options.config));
  const store = (): Promise<readonly Finding[]> =>
    storeFindings(data, storeUrl(options.store, { ...context.env }) ?? config?.store);
  const { client, fetch, clock } = context;
  const now = (): number => clock.now();
  return [
    ...(await programFindings()),
    ...findings,
    ...(await folderFindings('data folder', data)),
    ...(options.spool === undefined
      ? []
      : await folderFindings("worker's folder", path.resolve(options.spool))),
    ...(await store().catch((thrown: unknown) => [fail('store', messageOf(thrown), 'Mend the URL.')])),
    ...(await masterFindings({ url: client.url, client, fetch, now, version: packageJson.version })),
  ];
}

const shapes: Readonly<Record<Status, readonly [shape: string, colour: keyof Paint]>> = {
  ok: ['✓ ok', 'green'],
  skip: ['– skip', 'dim'],
  warn: ['▲ warn', 'yellow'],
  fail: ['✗ fail', 'red'],
};

function report(findings: readonly Finding[], paint: Paint): string {
  const rows = findings.map(({ status, what, detail, todo }) => {
    const [shape, colour] = shapes[status];
    const told = todo === undefined ? detail : `${detail}. ${todo}`;
    return [paint[colour](shape), printable(what), printable(told)];
  });
  return table(['STATE', 'WHAT', 'HOW IT STANDS, AND WHAT TO DO'], rows);
}
