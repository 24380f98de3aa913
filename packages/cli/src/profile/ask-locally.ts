import net from 'node:net';
import path from 'node:path';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import { profileSocket } from '@millrace/master/profile/profile-socket';
import type { LocalAnswer } from '@millrace/master/profile/thread/local-answers';
import type { Profile, ProfileAsked } from '@millrace/protocol/api/profiles';
import { UsageError } from '../client/usage-error.ts';

/** Longer than a profile takes, and than its numbers take to be put together on a busy machine. */
const answerMsBeyond = 30_000;
const answerBytesMax = 256 * 1024 * 1024;

/**
 * Asks the watcher of the master that keeps this folder, past its main thread: it answers when that one is wedged.
 * @throws UsageError where no master listens there; MillraceError as the master refuses
 */
export async function askLocally(folder: string, asked: Required<ProfileAsked>): Promise<Profile> {
  const socketPath = profileSocket(path.resolve(folder));
  const text = await conversation(socketPath, `${JSON.stringify(asked)}\n`, asked.seconds * 1000).catch(
    (thrown: unknown) => {
      throw new UsageError(
        `no master with a watcher keeps ${folder} (${messageOf(thrown)}). Give the --data of a master that runs on this machine.`,
      );
    },
  );
  const answer = JSON.parse(text) as LocalAnswer;
  if (answer.kind === 'refused') throw new MillraceError(answer.code, answer.message);
  return answer.profile;
}

function conversation(socketPath: string, question: string, takesMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const socket = net.connect(socketPath, () => socket.write(question));
    socket.setTimeout(takesMs + answerMsBeyond, () => socket.destroy(new Error('it does not answer')));
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes > answerBytesMax) socket.destroy(new Error('its answer is too large'));
    });
    socket.on('error', reject);
    socket.on('end', () => {
      socket.end();
      resolve(Buffer.concat(parts).toString('utf8'));
    });
  });
}
