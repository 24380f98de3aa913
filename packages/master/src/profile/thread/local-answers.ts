import { chmodSync } from 'node:fs';
import net from 'node:net';
import { messageOf } from '@millrace/kernel/errors';
import type { Profile, ProfileAsked } from '@millrace/protocol/api/profiles';
import { profileSecondsDefault, profileSecondsMax } from '@millrace/protocol/api/profile-bounds';

/** What comes back: a profile, or why there is none. */
export type LocalAnswer =
  | { readonly kind: 'profile'; readonly profile: Profile }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

const questionBytesMax = 1_000;
const questionMs = 5_000;
const connectionsMax = 8;

/**
 * Answers whoever is on this machine and may read the data folder, from a thread that goes on when the main one does
 * not: a line of JSON comes in, an answer goes out.
 */
export function answerLocally(
  path: string,
  take: (asked: Required<ProfileAsked>) => Promise<LocalAnswer>,
  onTrouble: (message: string) => void,
): net.Server {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    let question = '';
    socket.setTimeout(questionMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      question += text;
      if (question.length > questionBytesMax) socket.destroy();
      if (!question.includes('\n') || socket.destroyed) return;
      socket.setTimeout(0);
      socket.removeAllListeners('data').resume();
      void answerTo(question, take).then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
  });
  server.maxConnections = connectionsMax;
  server.on('error', (error) => onTrouble(`No profiles can be asked for at ${path}: ${error.message}`));
  server.listen(path, () => {
    chmodSync(path, 0o600);
  });
  return server;
}

async function answerTo(
  question: string,
  take: (asked: Required<ProfileAsked>) => Promise<LocalAnswer>,
): Promise<LocalAnswer> {
  try {
    const { seconds, cpuProfile } = JSON.parse(question) as ProfileAsked;
    const asked = typeof seconds === 'number' && seconds > 0 ? seconds : profileSecondsDefault;
    return await take({ seconds: Math.min(asked, profileSecondsMax), cpuProfile: cpuProfile === true });
  } catch (thrown) {
    return { kind: 'refused', code: 'profile-failed', message: messageOf(thrown) };
  }
}
