import { SETTING_LAYERS, type SettingSource } from './setting-statement.ts';

/** Strength of a layer: a higher number is nearer to the person who asks. A client is nearest. */
export function layerStrength(source: SettingSource): number {
  return source.layer === 'client' ? SETTING_LAYERS.length : SETTING_LAYERS.indexOf(source.layer);
}

/** How a source is named in a sentence: the literal words in backticks, or the layer. */
export function describeSource(source: SettingSource): string {
  if (source.detail !== undefined) return `\`${source.detail}\``;
  return source.layer === 'api'
    ? 'the program'
    : source.layer === 'client'
      ? 'the client'
      : `the ${source.layer} layer`;
}

/** Orders sources nearest first, then by their words, so that no order of arrival can matter. */
export function compareSources(left: SettingSource, right: SettingSource): number {
  const byLayer = layerStrength(right) - layerStrength(left);
  if (byLayer !== 0) return byLayer;
  const leftDetail = left.detail ?? '';
  const rightDetail = right.detail ?? '';
  return leftDetail < rightDetail ? -1 : leftDetail > rightDetail ? 1 : 0;
}
