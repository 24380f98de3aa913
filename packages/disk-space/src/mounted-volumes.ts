import fs from 'node:fs/promises';
import process from 'node:process';

/** A place where a volume is mounted. */
export interface MountedVolume {
  /** What is mounted: `/dev/sda1`, `tmpfs`, `server:/share`. */
  readonly source: string;
  /** The kind of file system: `ext4`, `tmpfs`, `nfs4`. */
  readonly type: string;
  /** Where: the path to hand to `freeSpace`. */
  readonly path: string;
  /** `major:minor`; the same volume mounted twice has the same one. */
  readonly device: string;
}

/** `unknown` where the system has no list that can be read without starting another program. */
export type MountedVolumes =
  | { readonly kind: 'known'; readonly volumes: readonly MountedVolume[] }
  | { readonly kind: 'unknown' };

/**
 * Every mount that this process sees, in the order of mounting; known on Linux only. Bind mounts and
 * pseudo file systems (`proc`) are among them.
 */
export async function mountedVolumes(): Promise<MountedVolumes> {
  if (process.platform !== 'linux') return { kind: 'unknown' };
  return { kind: 'known', volumes: parseMountInfo(await fs.readFile('/proc/self/mountinfo', 'utf8')) };
}

/**
 * The volume that a path lies on: the one mounted nearest above it, and of several mounted on each other
 * the last. `path` is absolute and without symbolic links.
 */
export function volumeHolding(path: string, volumes: readonly MountedVolume[]): MountedVolume | undefined {
  let nearest: MountedVolume | undefined;
  for (const volume of volumes) {
    const below = volume.path === '/' || path === volume.path || path.startsWith(`${volume.path}/`);
    if (below && volume.path.length >= (nearest?.path.length ?? 0)) nearest = volume;
  }
  return nearest;
}

/**
 * Reads `/proc/self/mountinfo` (proc_pid_mountinfo(5)): `36 35 98:0 /root /path options tags... - type source
 * options`, where space, tab, newline and backslash stand as octal escapes. A line that it does not
 * understand is left out.
 */
export function parseMountInfo(text: string): MountedVolume[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const [device, path] = [fields[2], fields[4]];
    const [type, source] = [fields[separator + 1], fields[separator + 2]];
    if (separator < 0 || !device || !path || !type || source === undefined) return [];
    return [{ source: unescapeOctal(source), type, path: unescapeOctal(path), device }];
  });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
