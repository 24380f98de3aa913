import type { Command } from 'commander';
import { plainCommand } from '../client/client-command.ts';
import { processSystem, runClient } from '../client/client-context.ts';
import type { ClientSystem } from '../client/client-context.ts';
import type { ApiClient } from '../client/api-client.ts';
import { exitCodes } from '../client/exit-code.ts';
import { printable } from '../client/printable.ts';
import { complete } from '../completion/complete.ts';
import type { Candidate, Offer } from '../completion/complete.ts';
import { isPlainWord, namesOf } from '../completion/names.ts';

/** Whoever presses the tab key waits no longer for a master. */
const patienceMs = 500;

/** `millrace complete -- WORD...`: what the scripts of `millrace completion` ask. Not for people, and not in the help. */
export function completeCommand(program: () => Command, system: ClientSystem = processSystem()): Command {
  const quick = { ...system, fetch: hurried(system) };
  return plainCommand('complete', system)
    .description('tell what may stand in the place of the last word')
    .argument('[words...]', 'the words after millrace, up to the cursor')
    .action((words: readonly string[]) =>
      runClient(
        { ...quick, stderr: { ...system.stderr, write: () => Promise.resolve() } },
        async (context) => {
          const offer = complete(program(), words.length === 0 ? [''] : words);
          const found = await candidatesOf(offer, context.client);
          const lines = found.map(({ value, description }) => `${value}\t${printable(description)}\n`);
          await context.stdout.write(offer.kind === 'files' ? ':files\n' : lines.join(''));
          return exitCodes.success;
        },
      ),
    );
}

async function candidatesOf(offer: Offer, client: ApiClient): Promise<readonly Candidate[]> {
  if (offer.kind === 'files') return [];
  if (offer.kind === 'words') return offer.words;
  const found = await namesOf(client, offer.noun, 0);
  return found
    .filter(({ value }) => isPlainWord(value))
    .map(({ value, description }) => ({ value: `${offer.before}${value}`, description }));
}

/** A call that is given up after a moment. */
function hurried({ fetch, clock }: ClientSystem): typeof globalThis.fetch {
  return async (input, init) => {
    const late = new AbortController();
    const timer = clock.after(patienceMs, () => late.abort(new Error('too late')));
    const signals = [late.signal, ...(init?.signal ? [init.signal] : [])];
    try {
      return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    } finally {
      timer.cancel();
    }
  };
}
