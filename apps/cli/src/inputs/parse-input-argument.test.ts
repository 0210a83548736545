import { TensorError } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { parseDimArgument } from './parse-dim-argument.ts';
import { parseInputArgument } from './parse-input-argument.ts';
import { parseShape } from './parse-shape.ts';

describe('parseInputArgument', () => {
  it.each([
    ['x=a.npy', 'x', { kind: 'file', path: 'a.npy', member: null }, 'npy', {}],
    ['a.npy', null, { kind: 'file', path: 'a.npy', member: null }, 'npy', {}],
    ['/in/put:0.1=a.NPY', '/in/put:0.1', { kind: 'file', path: 'a.NPY', member: null }, 'npy', {}],
    ['x=d/a.npz#m/n', 'x', { kind: 'file', path: 'd/a.npz', member: 'm/n' }, 'npz', {}],
    ['x=photo#1.png', 'x', { kind: 'file', path: 'photo#1.png', member: null }, 'image', {}],
    ['x=a%3Fb%23%25.png', 'x', { kind: 'file', path: 'a?b#%.png', member: null }, 'image', {}],
    ['x=50%.png', 'x', { kind: 'file', path: '50%.png', member: null }, 'image', {}],
    ['./a=b.npy', null, { kind: 'file', path: './a=b.npy', member: null }, 'npy', {}],
    ['./zeros', null, { kind: 'file', path: './zeros', member: null }, null, {}],
    ['x=-', 'x', { kind: 'stdin', member: null }, null, {}],
    ['-?format=npz', null, { kind: 'stdin', member: null }, 'npz', {}],
    ['x=-#m?format=npz', 'x', { kind: 'stdin', member: 'm' }, 'npz', {}],
    ['x=[1, 2]', 'x', { kind: 'inline', text: '[1, 2]' }, 'json', {}],
    ['[[1],[2]]', null, { kind: 'inline', text: '[[1],[2]]' }, 'json', {}],
    ['x="a=b?c"', 'x', { kind: 'inline', text: '"a=b?c"' }, 'json', {}],
    ['"a=b"', null, { kind: 'inline', text: '"a=b"' }, 'json', {}],
    ['x=-5.5e3', 'x', { kind: 'inline', text: '-5.5e3' }, 'json', {}],
    ['true', null, { kind: 'inline', text: 'true' }, 'json', {}],
    ['x=zeros', 'x', { kind: 'fill', value: 0 }, null, {}],
    ['x=ones?shape=2x3', 'x', { kind: 'fill', value: 1 }, null, { shape: '2x3' }],
    [
      'b.raw?endian=big&offset=16',
      null,
      { kind: 'file', path: 'b.raw', member: null },
      'raw',
      { endian: 'big', offset: '16' },
    ],
    [
      'x=p.jpg?mean=0.1,0.2,0.3&scale=1/255',
      'x',
      { kind: 'file', path: 'p.jpg', member: null },
      'image',
      { mean: '0.1,0.2,0.3', scale: '1/255' },
    ],
    ['x=noext?rate=8000', 'x', { kind: 'file', path: 'noext', member: null }, null, { rate: '8000' }],
  ])('%s', (text, name, source, format, options) => {
    const spec = parseInputArgument(text);
    expect({ ...spec, options: Object.fromEntries(spec.options) }).toEqual({
      text,
      name,
      source,
      format,
      options,
    });
  });

  it.each([
    ['=a.npy', 'has no name before `=`'],
    ['x=', 'has no source of values'],
    ['', 'has no source of values'],
    ['x=p.png?layuot=nchw', 'Did you mean `layout`?'],
    ['x=p.png?layout=nchv', 'Did you mean `layout=nchw`?'],
    ['x=what?.png', '%3F'],
    ['x=p.png?rate=1', 'is not one of `image`'],
    ['x=a.npy?shape=1', 'which has none'],
    ['x=p.png?layout', 'has no value'],
    ['x=p.png?layout=nchw&layout=nhwc', 'occurs twice'],
    ['x=p.png?normalize=imagenet&mean=1', 'contradict'],
    ['x=-?format=jpeg', 'Formats are `npy`'],
    ['x=-?formta=npy', 'Did you mean `format`?'],
    ['x=zeros?format=npy', './zeros'],
    ['x=s.wav?channel=middle', 'or a number'],
  ])('refuses %s', (text, words) => {
    expect(() => parseInputArgument(text)).toThrow(words);
    expect(() => parseInputArgument(text)).toThrow(TensorError);
  });
});

describe('parseDimArgument', () => {
  it.each([
    ['batch=4', 'batch', 4],
    ['floor(x/2)=y=7', 'floor(x/2)=y', 7],
    ['n=0', 'n', 0],
  ])('%s', (text, name, size) => {
    expect(parseDimArgument(text)).toEqual({ name, size });
  });

  it.each(['batch', 'batch=', '=4', 'batch=-1', 'batch=1.5', 'batch=1e3', 'batch=99999999999999999999'])(
    'refuses %s',
    (text) => {
      expect(() => parseDimArgument(text)).toThrow(expect.objectContaining({ code: 'input-shape' }));
    },
  );
});

describe('parseShape', () => {
  it('reads sizes', () => {
    expect(parseShape('1x3x224x224')).toEqual([1, 3, 224, 224]);
    expect(parseShape('2,0')).toEqual([2, 0]);
    expect(parseShape('scalar')).toEqual([]);
  });

  it.each(['', 'x', '1x', '1x-1', '1.5', '999999999x999999999'])('refuses %s', (text) => {
    expect(() => parseShape(text)).toThrow(expect.objectContaining({ code: 'input-shape' }));
  });
});
