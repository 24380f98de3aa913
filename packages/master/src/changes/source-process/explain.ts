import { unreachable } from '@millrace/kernel/assert';
import { isFolder, withoutLogins } from '@millrace/protocol/repository/address';
import { refusalIn } from '@millrace/protocol/repository/refusal';
import type { Refusal } from '@millrace/protocol/repository/refusal';
import { SourceError } from '../source-trouble.ts';
import type { TroubleKind } from '../source-trouble.ts';
import type { SourceRepository } from '../source-reader.ts';
import type { ProgramEnd } from './run-program.ts';

const complaintLengthMax = 300;

interface Cause {
  readonly trouble: TroubleKind;
  /** What to do. */
  readonly advice: (repository: SourceRepository) => string;
}

const noAnswer: Cause = {
  trouble: 'unreachable',
  advice: () => 'Its host does not answer as it should: it is tried again, less and less often.',
};

/** What each means to a master. */
const causes: Readonly<Record<Refusal, Cause>> = {
  'host-key': {
    trouble: 'host-key',
    advice: (repository) =>
      `ssh does not know the key of its host, or another one: check it, put it into a file (ssh-keyscan ${hostOf(repository.url)}) and name that as credentials.knownHostsFile.`,
  },
  'key-unusable': {
    trouble: 'credentials',
    advice: () =>
      "ssh cannot use the key in credentials.sshKeyFile: it must be a private key without a passphrase that the master's user alone can read (chmod 600).",
  },
  'key-refused': {
    trouble: 'credentials',
    advice: () =>
      'It does not let this key in: give it the public key as a deploy key, and name the private one as credentials.sshKeyFile.',
  },
  password: {
    trouble: 'credentials',
    advice: ({ credentials }) =>
      credentials?.password
        ? 'It does not take the name and password (or token) that it was given: has the token expired, and may it read?'
        : "It asks for a password: give it credentials: { username: '...', password: { env: 'VARIABLE' } } in the config.",
  },
  'foreign-folder': {
    trouble: 'not-found',
    advice: () =>
      "The folder belongs to another user than the master's: give it to that user, or allow it with git config --global --add safe.directory FOLDER.",
  },
  'no-host': noAnswer,
  'host-fault': noAnswer,
  unreachable: noAnswer,
  'broken-off': noAnswer,
  'no-program': {
    trouble: 'program-missing',
    advice: () => 'Install it on the master: git, hg (Mercurial), or the client of OpenSSH.',
  },
  'not-found': {
    trouble: 'not-found',
    advice: ({ url }) =>
      isFolder(url)
        ? 'There is no repository in this folder of the master: is the path right?'
        : 'There is no such repository, or nobody may know of it without credentials: is the address right?',
  },
};

/** Why a repository cannot be read, from how the program ended. */
export function explained(
  repository: SourceRepository,
  end: Exclude<ProgramEnd, { kind: 'done' }>,
  limitMs: number,
): SourceError {
  const where = withoutLogins(repository.url);
  switch (end.kind) {
    case 'not-started':
      return new SourceError(
        'program-missing',
        end.missing
          ? `${repository.kind} is not installed on the master, or not on its PATH.`
          : `${repository.kind} could not be started: ${end.message}.`,
      );
    case 'stopped':
      return end.why === 'time'
        ? new SourceError(
            'too-slow',
            `${where} did not answer whole within ${seconds(limitMs)}, and was left. Where it is large and slow, give it a larger fetchMsMax, or tell of its changes by a hook or \`millrace change send\` instead of \`branches\`.`,
          )
        : new SourceError(
            'too-large',
            `${where} is larger than the master keeps of a repository. Watch fewer branches of it, let its server allow partial clones (uploadpack.allowFilter), or tell of its changes by a hook or \`millrace change send\` instead of \`branches\`.`,
          );
    case 'failed':
      return failed(repository, end.complaint, end.exitCode);
    default:
      return unreachable(end);
  }
}

function failed(repository: SourceRepository, complaint: string, exitCode: number | null): SourceError {
  const found = refusalIn(complaint);
  const said =
    tellingLine(complaint, repository.kind, found?.says) ?? `it ended with ${exitCode ?? 'a signal'}`;
  const sentence = `${repository.kind} could not read ${withoutLogins(repository.url)}: ${said}`;
  if (found === undefined) return new SourceError('unreadable', sentence);
  const cause = causes[found.refusal];
  return new SourceError(cause.trouble, `${sentence.replace(/\.$/, '')}. ${cause.advice(repository)}`);
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}

function hostOf(url: string): string {
  if (URL.canParse(url)) return new URL(url).hostname || 'HOST';
  return /^(?:[^/@]*@)?([\w.-]+):/.exec(url)?.[1] ?? 'HOST';
}

/** The line that says it: the one by which it was understood, else how git (`fatal:`) or hg (`abort:`) ended, else the last. */
function tellingLine(complaint: string, program: 'git' | 'hg', says: RegExp | undefined): string | undefined {
  const lines = complaint
    .split(/[\r\n]+/)
    .map((line) => withoutLogins(line.trim()))
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const begins = program === 'git' ? 'fatal:' : 'abort:';
  const found =
    lines.find((line) => says?.test(line)) ?? lines.find((line) => line.startsWith(begins)) ?? lines.at(-1);
  return found?.slice(0, complaintLengthMax);
}
