import { expect, it } from 'vitest';
import { escapeHtml } from './escape-html.ts';

it('leaves nothing that ends a text or an attribute, and escapes once', () => {
  expect(escapeHtml('<a title="x">R&D</a> &amp; größer')).toBe(
    '&lt;a title=&quot;x&quot;&gt;R&amp;D&lt;/a&gt; &amp;amp; größer',
  );
  expect(escapeHtml('')).toBe('');
});
