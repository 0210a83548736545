export { hostFactsOf } from './host-facts-of.ts';
export { mockBackend, type MockBackend, type MockBackendOptions } from './mock-backend.ts';
