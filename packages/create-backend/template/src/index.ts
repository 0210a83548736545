export { createTemplateIdBackend } from './create-template-id-backend.ts';
export { VERSION } from './version.ts';
