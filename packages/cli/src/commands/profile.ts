import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { MillraceError } from '@millrace/kernel/errors';
import { profileSecondsDefault, profileSecondsMax } from '@millrace/protocol/api/profile-bounds';
import type { Profile, Stalls } from '@millrace/protocol/api/profiles';
import { flamePage } from '@millrace/protocol/flame/flame-page';
import { clientCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientContext, ClientSystem } from '../client/client-context.ts';
import { examples } from '../client/help-text.ts';
import { onlyMaster } from '../client/only-master.ts';
import { paintFor } from '../client/paint.ts';
import { UsageError } from '../client/usage-error.ts';
import { writeJson } from '../client/write-json.ts';
import { askLocally } from '../profile/ask-locally.ts';
import { profileText } from '../profile/profile-text.ts';
import { stallsText } from '../profile/stalls-text.ts';

interface Options {
  readonly json?: true;
  readonly seconds: number;
  readonly cpuprofile?: string;
  readonly html?: string;
  readonly master?: string;
  readonly data?: string;
  readonly stalls?: true;
}

/** A master that says nothing for so long to a question that costs nothing is stuck. */
const answerMsMax = 6_000;

/** `millrace profile`: what a running master does with its time, and why it stood still. */
export function profileCommand(system: ClientSystem = processSystem()): Command {
  return clientCommand('profile', system)
    .description('see what a running master does with its time: idle or busy, rooms, functions, fsyncs')
    .option(
      '--seconds <n>',
      `for how long to look, at most ${profileSecondsMax}`,
      secondsOf,
      profileSecondsDefault,
    )
    .option(
      '--cpuprofile <file>',
      'write the samples to a file that Chrome DevTools and editors open, and those of the store beside it',
    )
    .option('--html <file>', 'write a flame graph, as one page')
    .option('--master <name>', 'which, where several share a store')
    .option('--data <folder>', 'ask the master on this machine that keeps this folder, even if it is stuck')
    .option('--stalls', 'when its event loop stood still for a quarter of a second or longer, by causes')
    .addHelpText(
      'after',
      examples(
        ['millrace profile'],
        ['millrace profile --seconds 20 --html flame.html', 'a flame graph'],
        ['millrace profile --stalls', 'why was it slow this morning?'],
        ['millrace profile --data /var/lib/millrace', 'it does not answer: what is it doing?'],
      ),
    )
    .action((options: Options) => runClient(system, (context) => profile(context, options)));
}

async function profile(context: ClientContext, options: Options): Promise<void> {
  if (options.stalls) {
    if (options.data !== undefined || options.html !== undefined || options.cpuprofile !== undefined)
      throw new UsageError('--stalls lists what is on record: it takes no --data, --html or --cpuprofile.');
    const name = options.master ?? (await onlyMaster(context));
    const stalls = await context.client.get<Stalls>(`/masters/${encodeURIComponent(name)}/stalls`);
    if (options.json) return writeJson(context, stalls);
    return context.stdout.write(stallsText(stalls, context.clock.now()));
  }
  const taken = await take(context, options);
  if (options.cpuprofile !== undefined) writeSamples(options.cpuprofile, taken);
  if (options.html !== undefined) fs.writeFileSync(options.html, flamePage(taken));
  if (options.json) return writeJson(context, withoutSamples(taken));
  return context.stdout.write(profileText(taken, paintFor(context.colour)));
}

/** A file holds one thread: the main one's is as it was named, the store's `NAME.store.cpuprofile` beside it. */
function writeSamples(file: string, { threads }: Profile): void {
  for (const { thread, cpuProfile } of threads) {
    if (cpuProfile === undefined) continue;
    const { dir, name, ext } = path.parse(file);
    const own = thread === 'main' ? file : path.join(dir, `${name}.${thread}${ext}`);
    fs.writeFileSync(own, JSON.stringify(cpuProfile));
  }
}

function withoutSamples(profile: Profile): Profile {
  return { ...profile, threads: profile.threads.map(({ cpuProfile: _samples, ...thread }) => thread) };
}

async function take(context: ClientContext, options: Options): Promise<Profile> {
  const asked = { seconds: options.seconds, cpuProfile: options.cpuprofile !== undefined };
  if (options.data !== undefined) return askLocally(options.data, asked);
  await mustAnswer(context);
  const name = options.master ?? (await onlyMaster(context));
  return context.client.post<Profile>(`/masters/${encodeURIComponent(name)}/profile`, asked);
}

/** One that takes connections and answers nothing is not away, and waiting for it tells nobody anything. */
async function mustAnswer({ client, clock }: ClientContext): Promise<void> {
  const late = new AbortController();
  const timer = clock.after(answerMsMax, () => late.abort());
  try {
    const answer = await client.open('/masters', { limit: 1 }, { signal: late.signal });
    await answer.body?.cancel();
  } catch (thrown) {
    if (!late.signal.aborted) throw thrown;
    throw new MillraceError(
      'master-stuck',
      `the master at ${client.url} takes calls and has answered nothing for ${answerMsMax / 1000} s: its event loop may be ` +
        'blocked. On its machine, `millrace profile --data FOLDER` with the folder that it keeps tells what it is doing.',
      { cause: thrown },
    );
  } finally {
    timer.cancel();
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!/^[0-9]{1,3}(\.[0-9]{1,3})?$/u.test(text) || seconds < 0.1 || seconds > profileSecondsMax)
    throw new InvalidArgumentError(`It must be a number from 0.1 to ${profileSecondsMax}.`);
  return seconds;
}
