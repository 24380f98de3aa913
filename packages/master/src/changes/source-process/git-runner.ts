import { gitLogin } from '@millrace/protocol/repository/git-login';
import type { GitLogin } from '@millrace/protocol/repository/git-login';
import { unattendedTransfer } from '@millrace/protocol/repository/unattended';
import type { SourceRepository } from '../source-reader.ts';
import { explained } from './explain.ts';
import { gitEnvironment } from './git-environment.ts';
import type { ProgramEnd } from './run-program.ts';
import { passwordOf } from './source-parts.ts';
import type { SourceParts } from './source-parts.ts';

/** What the usual services take beside a token. */
const defaultUsername = 'git';

/** git for one repository: its folder or mirror, its environment, its limits. */
export class GitRunner {
  readonly #repository: SourceRepository;
  readonly #folder: string;
  readonly #parts: SourceParts;

  constructor(repository: SourceRepository, folder: string, parts: SourceParts) {
    this.#repository = repository;
    this.#folder = folder;
    this.#parts = parts;
  }

  /** Reads the folder, without going anywhere: what a partial copy lacks is not fetched on the way. */
  local(args: readonly string[]): Promise<ProgramEnd> {
    const { env, limits, programs } = this.#parts;
    return programs.run({
      program: 'git',
      args: ['-C', this.#folder, ...args],
      env: {
        ...gitEnvironment(env, null),
        GIT_NO_LAZY_FETCH: '1',
        // The same for versions of git that do not know that: no way out is allowed.
        GIT_ALLOW_PROTOCOL: 'none',
      },
      limitMs: limits.localMs,
    });
  }

  /** What git printed. @throws SourceError */
  async read(args: readonly string[]): Promise<string> {
    return this.#wanted(await this.local(args), this.#parts.limits.localMs);
  }

  /** Asks the repository itself. @throws SourceError */
  ask(args: readonly string[]): Promise<string> {
    return this.#remote(args, this.#parts.limits.askMs);
  }

  /** Brings something into the folder. @throws SourceError */
  fetch(args: readonly string[], overgrown: () => boolean): Promise<string> {
    // What is collected is collected before it answers, not by a process that outlives it.
    const inFolder = ['-C', this.#folder, '-c', 'gc.autoDetach=false', '-c', 'maintenance.autoDetach=false'];
    return this.#remote([...inFolder, ...args], this.#repository.fetchMsMax, overgrown);
  }

  async #remote(args: readonly string[], limitMs: number, overgrown?: () => boolean): Promise<string> {
    const { env, programs } = this.#parts;
    const { credentials } = this.#repository;
    const login = this.#login();
    const call = {
      program: 'git',
      args: [...unattendedTransfer, ...(login?.args ?? []), ...args],
      env: {
        ...gitEnvironment(env, credentials),
        ...login?.env,
        GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
      },
      limitMs,
      ...(overgrown && { overgrown }),
    } as const;
    return this.#wanted(await programs.run(call), limitMs);
  }

  /** @throws SourceError `secret-missing` */
  #login(): GitLogin | undefined {
    const { credentials, url } = this.#repository;
    const password = passwordOf(credentials, this.#parts.readSecret);
    if (password === null) return undefined;
    return gitLogin(url, { username: credentials?.username ?? defaultUsername, password });
  }

  #wanted(end: ProgramEnd, limitMs: number): string {
    if (end.kind === 'done') return end.output;
    throw explained(this.#repository, end, limitMs);
  }
}
