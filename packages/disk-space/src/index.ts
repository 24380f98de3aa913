export { DiskSpaceError, type DiskSpaceErrorCode } from './disk-space-error.ts';
export { freeSpace, type FreeSpaceOptions } from './free-space.ts';
export { mountedVolumes, volumeHolding, type MountedVolume, type MountedVolumes } from './mounted-volumes.ts';
export type { DiskSpace, Suspicion, VolumeCounts } from './volume-figures.ts';
export type { VolumeReader } from './volume-reader.ts';
