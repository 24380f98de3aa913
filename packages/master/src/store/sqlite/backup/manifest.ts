import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import { schemaVersion } from '../../migrations/migrations.ts';

export const manifestName = 'backup.json';
export const manifestFormat = 1;

export interface BackedUpFile {
  /** Below the backup's folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What a backup says of itself. */
export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly schema: number;
  readonly epoch: string;
  /** Milliseconds since 1970: the moment that it shows is no earlier. */
  readonly takenAt: number;
  readonly files: readonly BackedUpFile[];
}

/** @throws MillraceError `no-backup`, `backup-too-new` */
export function readManifest(folder: string): Manifest {
  const manifest = parsed(folder);
  if (manifest.format !== manifestFormat || manifest.schema > schemaVersion)
    throw new MillraceError(
      'backup-too-new',
      `The backup ${folder} was taken by a later millrace (schema ${manifest.schema}, this one knows ${schemaVersion}). Use that version.`,
    );
  return manifest;
}

function parsed(folder: string): Manifest {
  try {
    const found = JSON.parse(readFileSync(join(folder, manifestName), 'utf8')) as Partial<Manifest>;
    const { format, schema, epoch, takenAt, files } = found;
    if (format && schema && epoch && takenAt && Array.isArray(files) && files.every(isPlain))
      return { format, schema, epoch, takenAt, files };
    throw new Error(`its ${manifestName} is not one`);
  } catch (cause) {
    throw new MillraceError(
      'no-backup',
      `${folder} is no whole backup: ${messageOf(cause)}. Give the folder that \`millrace backup\` has finished.`,
      { cause },
    );
  }
}

/** A list that somebody has changed must not lead out of the folder. */
function isPlain({ path }: { readonly path: unknown }): boolean {
  return typeof path === 'string' && /^(millrace\.db|segments\/\d+\.seg)$/.test(path);
}

export async function sha256Of(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(part);
    bytes += part.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
