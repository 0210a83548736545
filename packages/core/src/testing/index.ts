export { elfFile, type ElfFileParts } from './elf-file.ts';
export { hostFactsOf } from './host-facts-of.ts';
export { mockBackend, type MockBackend, type MockBackendOptions } from './mock-backend.ts';
export { ldSoCacheBytes, machineTree, type TreeEntries } from './machine-tree.ts';
