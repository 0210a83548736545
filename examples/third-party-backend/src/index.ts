export { createAcmeJsBackend } from './create-acme-js-backend.ts';
