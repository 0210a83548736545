import type { HostFacts } from './host-facts.ts';

/** The facts that are read from the machine; the rest describes the process and the reading itself. */
export type MachineFacts = Omit<HostFacts, 'schema' | 'provenance' | 'node' | 'variables'>;
