export { referenceRequest, type PlainRequest } from './reference-request.ts';
