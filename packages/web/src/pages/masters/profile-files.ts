import type { Profile } from '@millrace/protocol/api/profiles';
import { flamePage } from '@millrace/protocol/flame/flame-page';

/** A file that is made of a profile, for keeping and for other programs. */
export interface ProfileFile {
  readonly name: string;
  /** What the link says. */
  readonly label: string;
  readonly type: string;
  readonly text: () => string;
}

/** The flame graphs as one page, and the samples of each thread. */
export function profileFiles(profile: Profile): readonly ProfileFile[] {
  const { master, at, threads } = profile;
  const stem = `${master}-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}`;
  const samples = threads
    .filter(({ cpuProfile }) => cpuProfile !== undefined)
    .map(({ thread, cpuProfile }): ProfileFile => ({
      name: `${stem}.${thread}.cpuprofile`,
      label: `${thread}.cpuprofile`,
      type: 'application/json',
      text: () => JSON.stringify(cpuProfile),
    }));
  return [
    { name: `${stem}.html`, label: 'Flame graph', type: 'text/html', text: () => flamePage(profile) },
    ...samples,
  ];
}

/** Gives a file to whoever clicked. It is made then: a profile is large. */
export function download({ name, type, text }: ProfileFile): void {
  const url = URL.createObjectURL(new Blob([text()], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
