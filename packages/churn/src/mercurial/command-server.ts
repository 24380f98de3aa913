import { ChurnError } from '../churn-error.ts';
import { endOf, startProgram, type ProgramContext } from '../run/program-output.ts';

const frameHeaderBytes = 5;

/**
 * One Mercurial that answers many commands, since starting it takes a tenth of a second and a command a
 * thousandth (https://wiki.mercurial-scm.org/CommandServer). Commands are run one after the other.
 */
export class CommandServer implements AsyncDisposable {
  readonly #child;
  readonly #ended: Promise<void>;
  readonly #frames: AsyncGenerator<Frame, void, void>;

  private constructor(context: ProgramContext) {
    this.#child = startProgram('hg', context, [
      'serve',
      '--cmdserver',
      'pipe',
      '--config',
      'ui.interactive=no',
    ]);
    this.#ended = endOf(this.#child, 'hg serve --cmdserver pipe');
    this.#ended.catch(() => {}); // awaited where an answer is missing
    this.#child.stdin.on('error', () => {}); // its end tells why
    this.#frames = framesOf(this.#child.stdout);
  }

  /** Starts it in the repository that is the context's folder. */
  static async start(context: ProgramContext): Promise<CommandServer> {
    const server = new CommandServer(context);
    await server.#frame(); // hello: what it can do
    return server;
  }

  /**
   * What a command prints, in pieces. Arguments are bytes, each as one character (latin1). All of it must
   * be read before the next command.
   *
   * @throws ChurnError `tool-failed` where it ends with another code than 0 or `alsoFine`
   */
  async *output(args: readonly string[], alsoFine = 0): AsyncGenerator<Buffer, void, void> {
    const packed = Buffer.from(args.join('\0'), 'latin1');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(packed.length);
    this.#child.stdin.write(Buffer.concat([Buffer.from('runcommand\n'), size, packed]));
    let said = '';
    for (;;) {
      const { channel, body } = await this.#frame();
      if (channel === 'o') yield body;
      if (channel === 'e') said = (said + body.toString('utf8')).slice(-4096);
      if (channel === 'r') {
        const code = body.readInt32BE(0);
        if (code === 0 || code === alsoFine) return;
        const called = `hg ${args.slice(0, 6).join(' ')}`;
        throw new ChurnError('tool-failed', `${called}: ended with ${code}: ${said.trim()}`);
      }
    }
  }

  /** All that a command prints. */
  async run(args: readonly string[], alsoFine = 0): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.output(args, alsoFine)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill();
    await this.#ended.catch(() => {});
  }

  async #frame(): Promise<Frame> {
    const next = await this.#frames.next();
    if (next.done !== true) return next.value;
    await this.#ended;
    throw new ChurnError('tool-failed', 'hg serve ended before it had answered');
  }
}

interface Frame {
  readonly channel: string;
  readonly body: Buffer;
}

/**
 * Cuts what the server writes into frames: one byte of channel, four of length, the body. Upper-case channels
 * ask for input and have no body; with nothing interactive they do not come.
 */
async function* framesOf(stdout: AsyncIterable<Buffer>): AsyncGenerator<Frame, void, void> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let wantedBytes = frameHeaderBytes;
  for await (const chunk of stdout) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < wantedBytes) continue;
    let rest = Buffer.concat(held);
    for (;;) {
      wantedBytes = frameHeaderBytes + (rest.length < frameHeaderBytes ? 0 : rest.readUInt32BE(1));
      if (rest.length < wantedBytes) break;
      yield { channel: String.fromCharCode(rest[0]!), body: rest.subarray(frameHeaderBytes, wantedBytes) };
      rest = rest.subarray(wantedBytes);
    }
    held = [rest];
    heldBytes = rest.length;
  }
}
