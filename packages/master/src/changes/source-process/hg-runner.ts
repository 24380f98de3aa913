import type { SourceRepository } from '../source-reader.ts';
import { explained } from './explain.ts';
import type { ProgramCall, ProgramEnd } from './run-program.ts';
import { passwordOf } from './source-parts.ts';
import type { SourceParts } from './source-parts.ts';
import { sshCommand } from './ssh-command.ts';

const defaultUsername = 'hg';

/** Mercurial for one repository: its folder or mirror, its environment, its limits. */
export class HgRunner {
  readonly #repository: SourceRepository;
  readonly #folder: string;
  readonly #parts: SourceParts;

  constructor(repository: SourceRepository, folder: string, parts: SourceParts) {
    this.#repository = repository;
    this.#folder = folder;
    this.#parts = parts;
  }

  /** The commits of a revision set, each as the template says. @throws SourceError */
  async log(revset: string, template: string): Promise<string> {
    const { limits } = this.#parts;
    const args = [...this.#inFolder(), 'log', '--rev', revset, '--template', template];
    return this.#wanted(await this.#run(args, limits.localMs), limits.localMs);
  }

  /** Makes the folder a repository. @throws SourceError */
  async init(): Promise<void> {
    const { limits } = this.#parts;
    this.#wanted(await this.#run(['init', '--', this.#folder], limits.localMs), limits.localMs);
  }

  /** Asks the repository itself: `args` and then its address. @throws SourceError */
  async ask(args: readonly string[], rest: readonly string[]): Promise<string> {
    return this.#remote(args, rest, this.#parts.limits.askMs);
  }

  /** Brings what is new into the folder. @throws SourceError */
  async pull(overgrown: () => boolean): Promise<string> {
    const { fetchMsMax } = this.#repository;
    return this.#remote([...this.#inFolder(), 'pull', '--quiet'], [], fetchMsMax, overgrown);
  }

  async #remote(
    args: readonly string[],
    rest: readonly string[],
    limitMs: number,
    overgrown?: () => boolean,
  ): Promise<string> {
    const { credentials, url } = this.#repository;
    const password = passwordOf(credentials, this.#parts.readSecret);
    const ssh = `--config=ui.ssh=${sshCommand(credentials)}`;
    const login =
      password === null || !/^https?:/i.test(url) ? undefined : loginOf(url, credentials?.username);
    const end = await this.#run(
      [ssh, ...(login ?? []), ...args, '--', url, ...rest],
      limitMs,
      // It is read where a terminal would be asked: neither an argument nor a file holds it.
      login === undefined ? undefined : `${password}\n`,
      overgrown,
    );
    return this.#wanted(end, limitMs);
  }

  #inFolder(): readonly string[] {
    return [`--repository=${this.#folder}`];
  }

  #run(
    args: readonly string[],
    limitMs: number,
    input?: string,
    overgrown?: () => boolean,
  ): Promise<ProgramEnd> {
    const { env, programs } = this.#parts;
    const quiet = input === undefined ? ['--config=ui.interactive=false'] : answering;
    const call: ProgramCall = {
      program: 'hg',
      args: [...quiet, ...args],
      env: { ...env, HGPLAIN: '1', HGENCODING: 'UTF-8', HGENCODINGMODE: 'replace', LC_ALL: 'C' },
      limitMs,
      ...(input !== undefined && { input }),
      ...(overgrown && { overgrown }),
    };
    return programs.run(call);
  }

  #wanted(end: ProgramEnd, limitMs: number): string {
    if (end.kind === 'done') return end.output;
    throw explained(this.#repository, end, limitMs);
  }
}

/** A question is answered from what stands there, once: the next finds the end, and hg gives up. */
const answering = ['--config=ui.interactive=true', '--config=ui.nontty=true'];

/** The name, for the host of the address and no other. */
function loginOf(url: string, username: string | null | undefined): readonly string[] {
  const { host, protocol } = new URL(url);
  return [
    `--config=auth.millrace.prefix=${host}`,
    `--config=auth.millrace.schemes=${protocol.replace(':', '')}`,
    `--config=auth.millrace.username=${username ?? defaultUsername}`,
  ];
}
