import { STATUS_CODES } from 'node:http';
import type { UploadResponse } from '@millrace/poster';
import { duration } from '../client/duration.ts';
import { roundedSize } from '../client/human-size.ts';
import { headline, printable } from '../client/printable.ts';

const bodyLinesMax = 10;
const bodyColumnsMax = 200;

/** `200 OK from http://host/path: sent 1.0G in 2 s, 480M/s`, and the first lines of the answer. */
export function deliveredText(response: UploadResponse, tookMs: number): string {
  const { bytesSent, attempts } = response;
  const speed = tookMs > 0 ? `, ${roundedSize((bytesSent / tookMs) * 1000)}/s` : '';
  const tries = attempts > 1 ? `, in ${attempts} requests` : '';
  return `${head(response)}: sent ${roundedSize(bytesSent)} in ${duration(tookMs)}${speed}${tries}\n${firstLines(response)}`;
}

/** What the server said instead of taking it. A 2xx that came too early is no delivery either. */
export function refusedText(response: UploadResponse, totalBytes: number | undefined): string {
  const { complete, bytesSent } = response;
  const total = totalBytes === undefined ? '' : ` of ${roundedSize(totalBytes)}`;
  const early = complete
    ? ''
    : `: the server answered before everything was sent (${roundedSize(bytesSent)}${total})`;
  return `not delivered: ${head(response)}${early}\n${firstLines(response)}`;
}

/** All that is known of an answer, as one line of JSON. */
export function answerJson(response: UploadResponse): string {
  const { url, status, ok, complete, bytesSent, attempts, headers, bodyComplete } = response;
  const body = response.text();
  const shown = {
    url,
    status,
    ok,
    complete,
    bytesSent,
    attempts,
    headers: Object.fromEntries(headers),
    body,
    bodyComplete,
  };
  return `${JSON.stringify(shown)}\n`;
}

function head({ status, url }: UploadResponse): string {
  return `${[status, STATUS_CODES[status]].filter(Boolean).join(' ')} from ${printable(url)}`;
}

function firstLines(response: UploadResponse): string {
  const lines = response.text().trimEnd().split(/\r?\n/u);
  if (lines[0] === '' && lines.length === 1) return '';
  const shown = lines.slice(0, bodyLinesMax).map((line) => headline(line, bodyColumnsMax));
  if (lines.length > bodyLinesMax) shown.push('…');
  return shown.map((line) => `  ${line}\n`).join('');
}
