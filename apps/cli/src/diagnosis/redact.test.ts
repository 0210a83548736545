import { describe, expect, it } from 'vitest';
import { personOf, redact } from './redact.ts';

const person = { homes: ['/srv/people/ann'], names: ['annabel'] };

describe('a redacted document', () => {
  it.each([
    ['/srv/people/ann/models/x.onnx', '~/models/x.onnx'],
    ['/srv/people/anna/x', '/srv/people/anna/x'],
    ['file:/home/someone/.cache and /Users/someone/x', 'file:/home/[user]/.cache and /Users/[user]/x'],
    [String.raw`C:\Users\someone\x`, String.raw`C:\Users\[user]\x`],
    ['annabel@box, annabelle', '[user]@box, annabelle'],
    ['npm_0123456789abcdef', '[removed]'],
    ['https://ann:hunter2@registry.example/x', 'https://[removed]@registry.example/x'],
    ['Authorization: Bearer abcdefgh12345678', 'Authorization: Bearer [removed]'],
    ['acme with token=abcdef0123456789 here', 'acme with token=[removed] here'],
    ['GPU-01234567-89ab-cdef-0123-456789abcdef', 'GPU-[removed]'],
    ['libcudart.so.12 is not there.', 'libcudart.so.12 is not there.'],
  ])('%s becomes %s', (text, clean) => {
    expect(redact(text, person)).toBe(clean);
  });

  it('is clean in its keys and at every depth, and keeps the rest as it was', () => {
    const document = {
      variables: { ORT_API_TOKEN: 'plain words', ORT_LOG: 'verbose' },
      list: [{ '/srv/people/ann/x': 1, known: true, none: null }],
    };
    expect(redact(document, person)).toEqual({
      variables: { ORT_API_TOKEN: '[removed]', ORT_LOG: 'verbose' },
      list: [{ '~/x': 1, known: true, none: null }],
    });
  });

  it('knows the person from the variables, and takes no word for a name', () => {
    const { homes, names } = personOf({ HOME: '/', USER: 'root', LOGNAME: 'me', USERNAME: 'annabel' });
    expect(homes).not.toContain('/');
    expect(names).toContain('annabel');
    expect(names).not.toContain('root');
    expect(names).not.toContain('me');
  });
});
