import { unreachable } from '@millrace/kernel/assert';
import { isFolder } from '../../config/repository-url.ts';
import { SourceError } from '../source-trouble.ts';
import type { TroubleKind } from '../source-trouble.ts';
import type { SourceRepository } from '../source-reader.ts';
import type { ProgramEnd } from './run-program.ts';

const complaintLengthMax = 300;

interface Cause {
  readonly trouble: TroubleKind;
  readonly says: RegExp;
  /** What to do. */
  readonly advice: (repository: SourceRepository) => string;
}

/** What git, hg and ssh say, and what it means. The first that fits. */
const causes: readonly Cause[] = [
  {
    trouble: 'host-key',
    says: /host key verification failed|remote host identification has changed|no [\w-]+ host key is known/i,
    advice: (repository) =>
      `ssh does not know the key of its host, or another one: check it, put it into a file (ssh-keyscan ${hostOf(repository.url)}) and name that as credentials.knownHostsFile.`,
  },
  {
    trouble: 'credentials',
    says: /unprotected private key file|bad permissions|load key .*(?:denied|invalid|no such file)/i,
    advice: () =>
      "ssh cannot use the key in credentials.sshKeyFile: it must be a private key without a passphrase that the master's user alone can read (chmod 600).",
  },
  {
    trouble: 'credentials',
    says: /permission denied \(|too many authentication failures|no mutual signature/i,
    advice: () =>
      'It does not let this key in: give it the public key as a deploy key, and name the private one as credentials.sshKeyFile.',
  },
  {
    trouble: 'credentials',
    says: /could not read (?:username|password)|authentication failed|authorization (?:required|failed)|terminal prompts disabled|invalid credentials|http error 40[13]|returned error: 40[13]|access denied|response expected/i,
    advice: ({ credentials }) =>
      credentials?.password
        ? 'It does not take the name and password (or token) that it was given: has the token expired, and may it read?'
        : "It asks for a password: give it credentials: { username: '...', password: { env: 'VARIABLE' } } in the config.",
  },
  {
    trouble: 'not-found',
    says: /dubious ownership/i,
    advice: () =>
      "The folder belongs to another user than the master's: give it to that user, or allow it with git config --global --add safe.directory FOLDER.",
  },
  {
    trouble: 'unreachable',
    says: /could not resolve host|name or service not known|temporary failure in name|connection (?:refused|timed out|reset|closed)|failed to connect|network is unreachable|no route to host|operation too slow|operation timed out|returned error: 5\d\d|http error 5\d\d|connection error|unexpected disconnect|early eof|couldn't connect/i,
    advice: () => 'Its host does not answer as it should: it is tried again, less and less often.',
  },
  {
    trouble: 'not-found',
    says: /not found|does not (?:appear to be|exist)|not a git repository|no such (?:file|device|repository)|cannot change to|returned error: 404|http error 404|is not a repository|could not be found/i,
    advice: ({ url }) =>
      isFolder(url)
        ? 'There is no repository in this folder of the master: is the path right?'
        : 'There is no such repository, or nobody may know of it without credentials: is the address right?',
  },
];

/** Why a repository cannot be read, from how the program ended. */
export function explained(
  repository: SourceRepository,
  end: Exclude<ProgramEnd, { kind: 'done' }>,
  limitMs: number,
): SourceError {
  const where = shownUrl(repository.url);
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
  const cause = causes.find(({ says }) => says.test(complaint));
  const said =
    tellingLine(complaint, repository.kind, cause?.says) ?? `it ended with ${exitCode ?? 'a signal'}`;
  const sentence = `${repository.kind} could not read ${shownUrl(repository.url)}: ${said}`;
  if (cause === undefined) return new SourceError('unreadable', sentence);
  return new SourceError(cause.trouble, `${sentence.replace(/\.$/, '')}. ${cause.advice(repository)}`);
}

/** A text without the names and passwords that addresses in it may hold. */
function shownUrl(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/gi, '$1');
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
    .map((line) => shownUrl(line.trim()))
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const begins = program === 'git' ? 'fatal:' : 'abort:';
  const found =
    lines.find((line) => says?.test(line)) ?? lines.find((line) => line.startsWith(begins)) ?? lines.at(-1);
  return found?.slice(0, complaintLengthMax);
}
