export { createWasmBackend } from './create-wasm-backend.ts';
export { VERSION } from './version.ts';
