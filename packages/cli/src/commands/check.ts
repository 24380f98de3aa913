import process from 'node:process';
import type { Command } from 'commander';
import { systemClock } from '@millrace/kernel/clock';
import type { Config } from '@millrace/master/config/config';
import { ConfigError, problemLine } from '@millrace/master/config/config-problem';
import type { ConfigProblem } from '@millrace/master/config/config-problem';
import { samplePlans } from '@millrace/master/config/sample-plans';
import { ConfigThread } from '@millrace/master/config/thread/config-thread';
import { exitCodes } from '../client/exit-code.ts';
import { examples } from '../client/help-text.ts';
import { localCommand, runLocal } from '../local/local-command.ts';
import { defaultConfigFile } from '../local/master-options.ts';

/** `millrace check`: tells everything that is wrong with a config. */
export function checkCommand(): Command {
  return localCommand('check')
    .description('tell everything that is wrong with a config, without running anything of it')
    .option('--config <file>', 'the config', defaultConfigFile)
    .option('--json', 'print { file, problems } as JSON')
    .addHelpText('after', '\nIt exits with 0 when all is well, and with 1 when there are problems.')
    .addHelpText(
      'after',
      examples(['millrace check'], ['millrace check --config ci/millrace.config.ts --json']),
    )
    .action((options: { readonly config: string; readonly json?: true }) =>
      runLocal(async () => {
        const { problems, summary } = await problemsOf(options.config);
        if (problems.length > 0) process.exitCode = exitCodes.failure;
        if (options.json) process.stdout.write(`${JSON.stringify({ file: options.config, problems })}\n`);
        else if (problems.length === 0) process.stdout.write(`${options.config}: ${summary}: all is well\n`);
        else process.stderr.write(problemsText(options.config, problems));
      }),
    );
}

/** Headed by the file, for whoever is in another folder than they think. */
function problemsText(file: string, problems: readonly ConfigProblem[]): string {
  const many = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return [`millrace: ${file} has ${many}:`, ...problems.map((one) => `  ${problemLine(one)}`), ''].join('\n');
}

async function problemsOf(
  file: string,
): Promise<{ readonly problems: readonly ConfigProblem[]; readonly summary: string }> {
  const thread = new ConfigThread({ file, clock: systemClock, print: (text) => process.stderr.write(text) });
  try {
    const config = await thread.load();
    return { problems: await planProblems(thread, config), summary: summaryOf(config) };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return { problems: thrown.problems, summary: '' };
  } finally {
    await thread.close();
  }
}

/** Each builder's steps are made once, as for a build of its own branch. */
async function planProblems(thread: ConfigThread, config: Config): Promise<readonly ConfigProblem[]> {
  const plans = await samplePlans(thread, systemClock);
  return config.builders.flatMap(({ name }, index): ConfigProblem[] => {
    const planned = plans.get(name);
    return planned?.kind === 'failed' ? [{ path: `builders[${index}].steps`, message: planned.message }] : [];
  });
}

function summaryOf(config: Config): string {
  const count = (many: number, one: string, plural = `${one}s`): string =>
    `${many} ${many === 1 ? one : plural}`;
  return [
    count(config.repositories.length, 'repository', 'repositories'),
    count(config.workers.length, 'worker'),
    count(config.builders.length, 'builder'),
    count(config.schedulers.length, 'scheduler'),
  ].join(', ');
}
